"""条件筛选 and 申报与复核日历: who qualifies, what is lacking, whom to call, into the nominations; what comes due."""
