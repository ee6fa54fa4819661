"""调度看板: what lags, who is on it, where we stand among the others; every number opens."""
