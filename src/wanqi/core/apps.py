from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "wanqi.core"
    label = "core"
    verbose_name = "系统"
