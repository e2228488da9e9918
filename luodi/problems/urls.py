from django.urls import path

from luodi.problems import views

app_name = "problems"
urlpatterns = [
    path("register/", views.register, name="register"),
    path("alike/", views.alike, name="alike"),
    path("of-project/<int:pk>/", views.of_project, name="of-project"),
    path("<int:pk>/", views.problem, name="problem"),
    path("<int:pk>/dossier/", views.dossier, name="dossier"),
    path("<int:pk>/assign/", views.assign, name="assign"),
    path("<int:pk>/decline/", views.decline, name="decline"),
    path("<int:pk>/claim/", views.claim, name="claim"),
    path("<int:pk>/file-plan/", views.file_plan, name="file-plan"),
    path("<int:pk>/accept-plan/", views.accept_plan, name="accept-plan"),
    path("<int:pk>/send-back-plan/", views.send_back_plan, name="send-back-plan"),
    path("<int:pk>/prove/", views.prove, name="prove"),
    path("<int:pk>/sign/", views.sign, name="sign"),
    path("<int:pk>/report/", views.report, name="report"),
    path("<int:pk>/resubmit/", views.resubmit, name="resubmit"),
    path("<int:pk>/check/", views.check, name="check"),
    path("<int:pk>/self-check/", views.self_check, name="self-check"),
    path("<int:pk>/verify/", views.verify, name="verify"),
    path("<int:pk>/close/", views.close, name="close"),
    path("<int:pk>/send-back/", views.send_back, name="send-back"),
    path("<int:pk>/reject/", views.reject, name="reject"),
    path("<int:pk>/reopen/", views.reopen, name="reopen"),
    path("<int:pk>/revise/", views.revise, name="revise"),
    path("<int:pk>/hand-over/", views.hand_over, name="hand-over"),
    path("<int:pk>/evidence/<int:evidence>/", views.evidence, name="evidence"),
    path("<int:pk>/evidence/<int:evidence>/withdraw/", views.withdraw, name="withdraw"),
]
