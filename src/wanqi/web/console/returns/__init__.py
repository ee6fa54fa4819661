"""报数: what units have to hand in, filling it in, review, and the forms that are asked."""
