"""名单导入: paste or choose, confirm row by row, register with its 文号, take back as a whole."""
