"""名单: annexes that name organisations without their codes, from the printed line to the register's row."""
