"""定稿锁定: what a signed report stood on and said, kept by digest; rebuilt, verified and restated from that alone."""
