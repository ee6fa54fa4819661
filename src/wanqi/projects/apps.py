from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "wanqi.projects"
    label = "projects"
    verbose_name = "项目"

    def ready(self) -> None:
        from .importing import register
        from .providers import provide

        provide()
        register()
