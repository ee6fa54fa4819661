from django.apps import AppConfig


class PoliciesConfig(AppConfig):
    name = "wanqi.policies"
    label = "policies"
    verbose_name = "政策文件"
