"""Addresses of the safe's room."""

from django.urls import URLPattern, path

from . import drawers, moves, moving, pages
from .gaps import GapPage

urlpatterns: list[URLPattern] = [
    path("coffre/", pages.SafeHome.as_view(), name="safe_home"),
    path("coffre/mouvements/", moves.MoveList.as_view(), name="office_move_list"),
    path("coffre/mouvements/<uuid:pk>/", pages.MoveDetail.as_view(), name="office_move_detail"),
    path("coffre/mouvements/<uuid:pk>/bordereau/", pages.MoveSlip.as_view(), name="deposit_slip"),
    path("coffre/mouvements/<uuid:pk>/reception/", moving.Receive.as_view(), name="deposit_receive"),
    path("coffre/caisses/", drawers.DrawerMoveList.as_view(), name="drawer_move_list"),
    path("coffre/caisses/<uuid:pk>/", drawers.DrawerMoveDetail.as_view(), name="drawer_move_detail"),
    path("coffre/caisses/<uuid:pk>/photo/", drawers.DrawerMovePhoto.as_view(), name="drawer_move_photo"),
    path("coffre/especes/", moving.BankDeposit.as_view(), name="bank_deposit"),
    path("coffre/cheques/", moving.ChequeDeposit.as_view(), name="cheque_deposit"),
    path("coffre/monnaie/", moving.ChangeFromBank.as_view(), name="change_from_bank"),
    path("coffre/caisse/", moving.ChangeForRegister.as_view(), name="change_for_register"),
    path("coffre/autre/", moving.OtherMove.as_view(), name="other_move"),
    path("coffre/comptage/<str:code>/", moving.SafeCount.as_view(), name="safe_count"),
    path("coffre/ecarts/", GapPage.as_view(), name="gap_page"),
    path("coffre/nouveau/", moving.NewSafe.as_view(), name="safe_new"),
    path("coffre/lieu/<str:kind>/<str:code>/", moving.PlacePage.as_view(), name="cash_place"),
]
