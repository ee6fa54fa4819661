from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "wanqi.projects"
    label = "projects"
    verbose_name = "项目"
