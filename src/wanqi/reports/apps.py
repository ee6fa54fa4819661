from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "wanqi.reports"
    label = "reports"
    verbose_name = "材料"
