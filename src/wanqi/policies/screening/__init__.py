"""条件筛选: which enterprises of a region meet a programme, lack one condition or a datum; what comes due when."""
