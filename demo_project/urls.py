"""The demo is Django's admin; uploads of the demo are served beside it."""

from django.conf import settings
from django.contrib import admin
from django.urls import path
from django.views.generic import RedirectView
from django.views.static import serve

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/", admin.site.urls),
    path("media/<path:path>", serve, {"document_root": settings.MEDIA_ROOT}),
]
