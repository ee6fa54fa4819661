from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "wanqi.registry"
    label = "registry"
    verbose_name = "企业库"

    def ready(self) -> None:
        from .providers import provide
        from .sinks import register

        provide()
        register()
