"""佐证材料包: what stands under the figures of a report, or one indicator, as one ZIP with its 目录 and hashes."""
