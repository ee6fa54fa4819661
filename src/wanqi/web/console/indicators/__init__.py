"""指标目录 and 目标分解: what each indicator means, and who has to bring how much of a target."""
