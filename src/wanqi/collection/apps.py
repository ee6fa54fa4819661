from django.apps import AppConfig


class CollectionConfig(AppConfig):
    name = "wanqi.collection"
    label = "collection"
    verbose_name = "报数"
