"""Addresses below /d/<slug>/."""

from django.urls import URLPattern, URLResolver, path

from .archives import pages as archives
from .articles import lists as article_lists
from .articles import many
from .articles import pages as articles
from .books.urls import urlpatterns as book_addresses
from .closings import pages as closings
from .companies.urls import urlpatterns as copy_addresses
from .company import reasons, tenders
from .company.pages import CompanyPage
from .company.returns import ReturnsPage
from .creditnotes.urls import urlpatterns as credit_note_addresses
from .events import pages as events
from .home.pages import HomePage, SearchEverywhere
from .inspection import pages as inspection
from .keys.urls import urlpatterns as key_addresses
from .kit.work import WorkPage
from .mails import pages as mails
from .people import connections
from .people import pages as people
from .people.roles import RolesPage
from .periods import asides, statement
from .periods import pages as periods
from .printers import pages as printers
from .registers import pages as registers
from .tickets import pages as tickets
from .treasury.urls import urlpatterns as safe_addresses

urlpatterns: list[URLPattern | URLResolver] = [
    path("", HomePage.as_view(), name="office_home"),
    path("recherche/", SearchEverywhere.as_view(), name="search_everywhere"),
    path("articles/", article_lists.ArticleList.as_view(), name="article_list"),
    path("articles/nouveau/", articles.ArticleNew.as_view(), name="article_new"),
    path("articles/ensemble/", many.ManyArticles.as_view(), name="articles_many"),
    path("articles/ensemble/annuler/", many.ManyUndo.as_view(), name="articles_undo"),
    path("articles/<uuid:pk>/", articles.ArticlePage.as_view(), name="article_form"),
    path("articles/<uuid:pk>/photo/", articles.ArticlePhoto.as_view(), name="article_photo"),
    path("articles/<uuid:pk>/vente/", articles.ArticleActive.as_view(), name="article_active"),
    path("familles/", article_lists.FamilyList.as_view(), name="family_list"),
    path("familles/nouvelle/", articles.FamilyNew.as_view(), name="family_new"),
    path("familles/<path:pk>/modifier/", articles.FamilyPage.as_view(), name="family_form"),
    path("tickets/", tickets.TicketList.as_view(), name="ticket_list"),
    path("tickets/<uuid:pk>/", tickets.TicketDetail.as_view(), name="ticket_detail"),
    path("sessions/", closings.SessionList.as_view(), name="session_list"),
    path("sessions/<uuid:pk>/", closings.SessionDetail.as_view(), name="session_detail"),
    path("z/", closings.ClosingList.as_view(), name="closing_list"),
    path("z/<uuid:pk>/", closings.ClosingDetail.as_view(), name="closing_detail"),
    path("z/<uuid:pk>/pdf/", closings.ClosingPdf.as_view(), name="closing_pdf"),
    path("clotures/", periods.PeriodCalendar.as_view(), name="period_list"),
    path("clotures/cloturer/", periods.PeriodClose.as_view(), name="period_close"),
    path("clotures/regles/", periods.ClosingRules.as_view(), name="closing_rules"),
    path("clotures/releve/", statement.StatementPage.as_view(), name="statement"),
    path("clotures/<uuid:pk>/", periods.PeriodDetail.as_view(), name="period_detail"),
    path("clotures/<uuid:pk>/pdf/", periods.PeriodPdf.as_view(), name="period_pdf"),
    path("clotures/ecarter/<str:code>/<int:generation>/", asides.EnrolmentAside.as_view(), name="enrolment_aside"),
    path("z/<uuid:pk>/ecarter/", asides.ClosingAside.as_view(), name="closing_aside"),
    path("archives/", archives.ArchiveList.as_view(), name="archive_list"),
    path("archives/faire/", archives.ArchiveCreate.as_view(), name="archive_create"),
    path("archives/<uuid:pk>/telecharger/", archives.ArchiveDownload.as_view(), name="archive_download"),
    path("archives/<uuid:pk>/verifier/", archives.ArchiveVerify.as_view(), name="archive_verify"),
    path("archives/<uuid:pk>/purger/", archives.ArchivePurge.as_view(), name="archive_purge"),
    path("travaux/<uuid:pk>/", WorkPage.as_view(), name="work"),
    path("controle/", inspection.InspectionHome.as_view(), name="inspection"),
    path("controle/lancer/", inspection.InspectionRun.as_view(), name="inspection_run"),
    path("controle/attestation/", inspection.AttestationPdf.as_view(), name="attestation_pdf"),
    path("controle/evenements/", events.EventList.as_view(), name="event_list"),
    path("controle/mis-de-cote/", events.KeptList.as_view(), name="kept_list"),
    path("controle/<uuid:pk>/", inspection.InspectionDetail.as_view(), name="inspection_detail"),
    path("controle/<uuid:pk>/dossier/", inspection.InspectionBundle.as_view(), name="inspection_bundle"),
    path("caisses/", registers.RegisterList.as_view(), name="register_list"),
    path("caisses/nouvelle/", registers.RegisterNew.as_view(), name="register_new"),
    path("caisses/<str:code>/", registers.RegisterPage.as_view(), name="register_form"),
    path("caisses/<str:code>/code/", registers.RegisterCode.as_view(), name="register_code"),
    path("caisses/<str:code>/<int:generation>/detacher/", registers.DeviceRevoke.as_view(), name="device_revoke"),
    path("imprimantes/", printers.PrinterList.as_view(), name="printer_list"),
    path("imprimantes/<str:code>/", printers.PrinterPage.as_view(), name="printer_form"),
    path("imprimantes/<str:code>/essai/", printers.PrinterTest.as_view(), name="printer_test"),
    path("utilisateurs/", people.UserList.as_view(), name="user_list"),
    path("utilisateurs/nouveau/", people.UserNew.as_view(), name="user_new"),
    path("utilisateurs/droits/", RolesPage.as_view(), name="role_rights"),
    path("utilisateurs/<uuid:pk>/", people.UserPage.as_view(), name="user_form"),
    path("utilisateurs/<uuid:pk>/code/", people.UserPin.as_view(), name="user_pin"),
    path("utilisateurs/<uuid:pk>/mot-de-passe/", people.UserPassword.as_view(), name="user_password"),
    path("utilisateurs/<uuid:pk>/actif/", people.UserActive.as_view(), name="user_active"),
    path("utilisateurs/<uuid:pk>/connexions/", people.UserSessions.as_view(), name="user_sessions"),
    path("utilisateurs/<uuid:pk>/essais/", people.UserUnlock.as_view(), name="user_unlock"),
    path("mes-connexions/", connections.MyConnections.as_view(), name="my_connections"),
    path("mes-connexions/autres/", connections.ConnectionsCloseOthers.as_view(), name="connections_close_others"),
    path("mes-connexions/<str:key>/", connections.ConnectionClose.as_view(), name="connection_close"),
    path("mon-mot-de-passe/", people.MyPassword.as_view(), name="my_password"),
    path("reglages/tickets-a-la-demande/", mails.MailPage.as_view(), name="mail_form"),
    path("reglages/tickets-a-la-demande/essai/", mails.MailTrial.as_view(), name="mail_trial"),
    path("reglages/retours/", ReturnsPage.as_view(), name="return_rules"),
    path("reglages/reglements/", tenders.TenderList.as_view(), name="tender_list"),
    path("reglages/reglements/nouveau/", tenders.TenderNew.as_view(), name="tender_new"),
    path("reglages/reglements/<str:code>/", tenders.TenderPage.as_view(), name="tender_form"),
    path("reglages/motifs/", reasons.ReasonsPage.as_view(), name="reason_form"),
    path("reglages/motifs/habituels/", reasons.ReasonsProposed.as_view(), name="reasons_proposed"),
    path("reglages/", CompanyPage.as_view(), name="company_form"),
    *copy_addresses,
    *key_addresses,
    *credit_note_addresses,
    *safe_addresses,
    *book_addresses,
]
