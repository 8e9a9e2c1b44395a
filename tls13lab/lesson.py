"""What the lessons use, in one place: ``from tls13lab.lesson import Pair, lesson_configs``.

A notebook needs no other import from the package. This file computes nothing: each name is defined
and documented where the imports below take it from. The table lists the main ones by purpose.

==============================  ==================================================================
to predict and to be checked    ``Prediction``, ``Quiz``, ``give``, ``check``, ``whose_tasks``
a student's own work            ``progress``, ``Explain``, ``report``, ``reset_progress``
two endpoints in one process    ``Pair``, ``talk``, ``record``, ``lesson_configs``, ``seeded``
endpoints one by one            ``Connection``, ``ClientConfig``, ``ServerConfig``, ``connect``
messages and records            ``unpack``, ``Transcript``, ``frame``, ``RecordProtection``
the key schedule                ``SCHEDULE``, ``keyschedule``, ``hkdf``, ``EarlyStage``
PSKs and tickets                ``ExternalPsk``, ``StatelessTickets``, ``binder``, ``import_psk``
to listen with what was stolen  ``Theft``, ``eavesdrop``, ``read_capture``, ``recorded``
to speak with what was stolen   ``StolenPsk``, ``false_server``, ``first_flight``, ``reflected``
to guess                        ``Search``, ``targets``, ``GuessMeter``, ``Attack``, ``strength``
the symbolic model              ``decide``, ``cells``, ``World``, ``RULES``, ``apply``, ``name``
pictures                        ``sequence``, ``schedule_graph``, ``timeline``, ``curves``
instruments                     ``HandshakeStepper``, ``ByteInspector``, ``TheftPanel``, and so on
==============================  ==================================================================

>>> pair = Pair(*lesson_configs("psk_ke"), seed="an example")
>>> pair.handshake().mode
'psk_ke'
>>> type(unpack(pair.conversation().message("ServerHello"))).__name__
'ServerHello'
"""

from tls13lab.adversary.eavesdropper import Eavesdropper, eavesdrop
from tls13lab.adversary.theft import Theft, together
from tls13lab.capture import keylog
from tls13lab.capture.reader import read_capture
from tls13lab.crypto import hkdf, keyschedule
from tls13lab.crypto.certificates import TrustAnyone, TrustRoots, self_signed
from tls13lab.crypto.entropy import seeded
from tls13lab.crypto.groups import X25519Share
from tls13lab.crypto.keyschedule import EarlyStage, traffic_keys
from tls13lab.crypto.schedule import (
    IMPORTER,
    SCHEDULE,
    TRAFFIC_SECRETS,
    Context,
    ancestors,
    descendants,
)
from tls13lab.crypto.suites import SUITES
from tls13lab.evidence import certificate_with_psk, race, searched
from tls13lab.evidence.scripted import record, talk
from tls13lab.evidence.weak_psk import chosen
from tls13lab.evidence.weak_psk.attack import Attack
from tls13lab.evidence.weak_psk.ends import Ends
from tls13lab.evidence.weak_psk.protection import DHE, PROTECTIONS
from tls13lab.exercises.catalogue import check, give
from tls13lab.exercises.my_report import report
from tls13lab.exercises.progress import progress, reset_progress
from tls13lab.exercises.quiz import Quiz
from tls13lab.exercises.student import whose_tasks
from tls13lab.handshake.config import PSK_DHE_KE, PSK_KE, ClientConfig, Environment, ServerConfig
from tls13lab.handshake.connection import Connection
from tls13lab.handshake.pair import LESSON_PSK, LESSON_TIME_MS, Pair, lesson_configs
from tls13lab.impostor.replay import first_flight
from tls13lab.impostor.selfie import Member, ReflectedPeer, introduced, reflected, reflecting
from tls13lab.impostor.stand_in import StolenPsk, false_server
from tls13lab.messages.handshake import unpack
from tls13lab.messages.key_share import KeyShareClientHello, KeyShareServerHello
from tls13lab.messages.pre_shared_key import OfferedPsks, SelectedPsk
from tls13lab.messages.server_hello import HelloRetryRequest
from tls13lab.messages.transcript import Transcript
from tls13lab.peers.background import serving
from tls13lab.peers.client import connect
from tls13lab.peers.openssl import OpenSSLPsk, OpenSSLServer, OpenSSLUnavailable, s_client
from tls13lab.pictures.attack_tree import attack_tree
from tls13lab.pictures.byte_view import byte_view
from tls13lab.pictures.claims_matrix import matrix_picture
from tls13lab.pictures.curves import curves
from tls13lab.pictures.derivation_text import derivation_rows
from tls13lab.pictures.moves_graph import moves_graph
from tls13lab.pictures.picture import text_table
from tls13lab.pictures.race import race_picture
from tls13lab.pictures.schedule_graph import schedule_graph
from tls13lab.pictures.sequence import sequence
from tls13lab.pictures.timeline import timeline
from tls13lab.psk.advice import Use, examine
from tls13lab.psk.amortised import blocks
from tls13lab.psk.anti_replay import ClientHelloWindow, NoAntiReplay, SingleUseTickets
from tls13lab.psk.binder import binder
from tls13lab.psk.guesswork import Choice
from tls13lab.psk.importer import ImportedIdentity, import_psk
from tls13lab.psk.keys import ExternalPsk, PskKind
from tls13lab.psk.mends import mends
from tls13lab.psk.people import chosen_by_people
from tls13lab.psk.stateful import StatefulTickets
from tls13lab.psk.stateless import StatelessTickets, TicketKey
from tls13lab.psk.strength import strength
from tls13lab.records.framing import frame
from tls13lab.records.protection import RecordProtection
from tls13lab.search.pieces import WordSource
from tls13lab.search.runner import Search, local_workers
from tls13lab.search.speed import own_rate
from tls13lab.search.target import targets, targets_of
from tls13lab.search.wordlist import COMMON
from tls13lab.symbolic import guessers, scenes
from tls13lab.symbolic.claims import OPTIONS, cells, decide
from tls13lab.symbolic.connection import ZEROS, SymbolicConnection
from tls13lab.symbolic.guessing import verifiers
from tls13lab.symbolic.rules import RULES, SEALED, DerivationStep
from tls13lab.symbolic.saturation import World
from tls13lab.symbolic.scenes import PUBLIC
from tls13lab.symbolic.speaking import hasty
from tls13lab.symbolic.terms import apply, ecdhe, name, subterms
from tls13lab.vectors import recorded
from tls13lab.vectors.trace import load as published_traces
from tls13lab.widgets.bit_flipper import BitFlipper
from tls13lab.widgets.byte_inspector import ByteInspector
from tls13lab.widgets.crack_panel import CrackPanel
from tls13lab.widgets.entropy_explorer import EntropyExplorer, EntropyView
from tls13lab.widgets.explain import Explain
from tls13lab.widgets.guess_meter import GuessMeter, MeterView
from tls13lab.widgets.handshake_stepper import HandshakeStepper
from tls13lab.widgets.matrix_explorer import MatrixExplorer
from tls13lab.widgets.prediction import Prediction
from tls13lab.widgets.schedule_explorer import ScheduleExplorer, ScheduleView
from tls13lab.widgets.side_by_side import SideBySide
from tls13lab.widgets.theft_panel import TheftPanel, TheftView
from tls13lab.wire.codepoints import CipherSuite, ContentType, ExtensionType, NamedGroup
from tls13lab.wire.faults import BadRecordMac, BinderMismatch, PeerFault, TLSFault

__all__ = [
    "COMMON",
    "DHE",
    "IMPORTER",
    "LESSON_PSK",
    "LESSON_TIME_MS",
    "OPTIONS",
    "PROTECTIONS",
    "PSK_DHE_KE",
    "PSK_KE",
    "PUBLIC",
    "RULES",
    "SCHEDULE",
    "SEALED",
    "SUITES",
    "TRAFFIC_SECRETS",
    "ZEROS",
    "Attack",
    "BadRecordMac",
    "BinderMismatch",
    "BitFlipper",
    "ByteInspector",
    "Choice",
    "CipherSuite",
    "ClientConfig",
    "ClientHelloWindow",
    "Connection",
    "ContentType",
    "Context",
    "CrackPanel",
    "DerivationStep",
    "EarlyStage",
    "Eavesdropper",
    "Ends",
    "EntropyExplorer",
    "EntropyView",
    "Environment",
    "Explain",
    "ExtensionType",
    "ExternalPsk",
    "GuessMeter",
    "HandshakeStepper",
    "HelloRetryRequest",
    "ImportedIdentity",
    "KeyShareClientHello",
    "KeyShareServerHello",
    "MatrixExplorer",
    "Member",
    "MeterView",
    "NamedGroup",
    "NoAntiReplay",
    "OfferedPsks",
    "OpenSSLPsk",
    "OpenSSLServer",
    "OpenSSLUnavailable",
    "Pair",
    "PeerFault",
    "Prediction",
    "PskKind",
    "Quiz",
    "RecordProtection",
    "ReflectedPeer",
    "ScheduleExplorer",
    "ScheduleView",
    "Search",
    "SelectedPsk",
    "ServerConfig",
    "SideBySide",
    "SingleUseTickets",
    "StatefulTickets",
    "StatelessTickets",
    "StolenPsk",
    "SymbolicConnection",
    "TLSFault",
    "Theft",
    "TheftPanel",
    "TheftView",
    "TicketKey",
    "Transcript",
    "TrustAnyone",
    "TrustRoots",
    "Use",
    "WordSource",
    "World",
    "X25519Share",
    "ancestors",
    "apply",
    "attack_tree",
    "binder",
    "blocks",
    "byte_view",
    "cells",
    "certificate_with_psk",
    "check",
    "chosen",
    "chosen_by_people",
    "connect",
    "curves",
    "decide",
    "derivation_rows",
    "descendants",
    "eavesdrop",
    "ecdhe",
    "examine",
    "false_server",
    "first_flight",
    "frame",
    "give",
    "guessers",
    "hasty",
    "hkdf",
    "import_psk",
    "introduced",
    "keylog",
    "keyschedule",
    "lesson_configs",
    "local_workers",
    "matrix_picture",
    "mends",
    "moves_graph",
    "name",
    "own_rate",
    "progress",
    "published_traces",
    "race",
    "race_picture",
    "read_capture",
    "record",
    "recorded",
    "reflected",
    "reflecting",
    "report",
    "reset_progress",
    "s_client",
    "scenes",
    "schedule_graph",
    "searched",
    "seeded",
    "self_signed",
    "sequence",
    "serving",
    "strength",
    "subterms",
    "talk",
    "targets",
    "targets_of",
    "text_table",
    "timeline",
    "together",
    "traffic_keys",
    "unpack",
    "verifiers",
    "whose_tasks",
]
