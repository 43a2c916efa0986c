"""Formats of days in Mongolian; see the package."""

DATE_FORMAT = "Y оны n-р сарын j"
DATETIME_FORMAT = "Y оны n-р сарын j, H:i"
SHORT_DATE_FORMAT = DATE_FORMAT
SHORT_DATETIME_FORMAT = DATETIME_FORMAT
MONTH_DAY_FORMAT = "n-р сарын j"
YEAR_MONTH_FORMAT = "Y оны n-р сар"
TIME_FORMAT = "H:i"
FIRST_DAY_OF_WEEK = 1
DATE_INPUT_FORMATS = ["%Y-%m-%d", "%d.%m.%Y"]
DATETIME_INPUT_FORMATS = ["%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%d.%m.%Y %H:%M"]
