"""Reading the figures of a Chinese work report from its prose, and judging them."""
