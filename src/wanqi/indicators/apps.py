from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "wanqi.indicators"
    label = "indicators"
    verbose_name = "指标"
