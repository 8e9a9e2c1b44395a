"""RFC 9846's MUSTs on PSKs, tickets, modes, early data, key shares, extensions and records.

One row a requirement: what is demanded (in our words), of whom, in which section, where the package
obeys, and which tests would notice if it did not. ``python -m tests.requirements.table`` writes
``docs/requirements.md``. Left out: what concerns client certificates and post-handshake
authentication (the lab's client has no certificate), DTLS, TLS 1.2 and middleboxes.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

from pages import numbering

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "requirements.md"


@dataclass(frozen=True)
class Requirement:
    """``who`` is client, server or both; ``alert`` is empty where none is named.

    ``where`` is ``room/file.py:name``; ``tests`` are ``file::function``, below ``tests/``.
    """

    section: str
    who: str
    text: str
    alert: str
    where: str
    tests: tuple[str, ...]
    new: bool = False

    @property
    def section_8446(self) -> str:
        """The number in RFC 8446; empty if the rule is new."""
        return "" if self.new else numbering.SECTIONS[self.section].old


S, C, R, T = (
    f"requirements/test_{name}.py::" for name in ("server", "client", "records", "sender")
)
H = "handshake/test_"


def _row(
    section: str, who: str, text: str, alert: str, where: str, *tests: str, new: bool = False
) -> Requirement:
    return Requirement(section, who, text, alert, where, tests, new)


# fmt: off
TABLE = (
    # Order
    _row("4", "both", "a handshake message in an unexpected order", "unexpected_message",
         "handshake/machine.py:step", H + "moves.py::test_each_cell"),
    _row("4.2.2", "client", "the ClientHello is the first message", "",
         "handshake/client.py:start",
         T + "test_the_first_message_is_a_client_hello_with_the_fixed_fields"),
    _row("4.2.2", "server", "a ClientHello at any other time: no renegotiation",
         "unexpected_message", "handshake/moves.py:MOVES",
         S + "test_what_may_not_come_after_the_handshake",
         S + "test_what_may_not_stand_where_the_finished_is_due"),
    # ClientHello
    _row("4.2.2", "client", "legacy_version is 0x0303, one null compression method, session ID of "
         "32 bytes in compatibility mode and none otherwise", "", "handshake/offer.py:first_offer",
         T + "test_the_first_message_is_a_client_hello_with_the_fixed_fields"),
    _row("4.2.2", "server", "a legacy_version other than 0x0303", "protocol_version",
         "handshake/choice.py:check_hello", S + "test_a_legacy_version_other_than_0x0303",
         new=True),
    _row("4.2.2", "server", "legacy_compression_methods other than one zero byte",
         "illegal_parameter", "handshake/choice.py:check_hello",
         S + "test_legacy_compression_methods_other_than_null"),
    _row("4.2.2", "server", "unknown suites and extensions are ignored", "",
         "handshake/choice.py:choose",
         S + "test_suites_groups_extensions_and_modes_that_are_unknown_are_passed_over"),
    _row("4.2.2", "client", "the second ClientHello changes only what it may", "",
         "handshake/offer.py:second_offer",
         C + "test_the_second_client_hello_changes_what_it_must_and_nothing_else"),
    _row("4.2.2", "server", "a second ClientHello that changes more", "illegal_parameter",
         "handshake/server.py:on_second_client_hello",
         S + "test_a_second_client_hello_that_changes_more_than_it_may",
         H + "alerts.py::test_a_bad_second_client_hello"),
    # Negotiation
    _row("4.2.1", "server", "no suite, no group in common", "handshake_failure",
         "handshake/choice.py:choose", S + "test_no_common_group_and_no_common_suite"),
    _row("4.2.1", "server", "a PSK only with a mode from psk_key_exchange_modes", "",
         "handshake/choice.py:_psk_mode", S + "test_a_mode_is_taken_only_if_it_was_offered"),
    _row("4.2.1", "server", "a HelloRetryRequest where the share is in the wrong group", "",
         "handshake/server.py:on_client_hello",
         H + "matrix.py::test_each_group_with_and_without_retry"),
    # ServerHello
    _row("4.2.3", "client", "a legacy_version other than 0x0303", "protocol_version",
         "messages/server_hello.py:decode_server_hello",
         C + "test_a_legacy_version_other_than_0x0303", new=True),
    _row("4.2.3", "client", "legacy_session_id_echo is not what was sent", "illegal_parameter",
         "handshake/answer.py:_check_common", C + "test_another_session_id_and_another_suite"),
    _row("4.2.3", "client", "a cipher suite that was not offered", "illegal_parameter",
         "handshake/answer.py:_check_common", C + "test_another_session_id_and_another_suite"),
    _row("4.2.3", "client", "legacy_compression_method is not 0", "illegal_parameter",
         "messages/server_hello.py:decode_server_hello",
         C + "test_a_compression_method_other_than_null"),
    _row("4.2.3", "client", "an older version with the downgrade sentinel", "illegal_parameter",
         "handshake/answer.py:_check_common",
         C + "test_an_older_version_with_the_sentinel_and_without"),
    _row("4.2.3", "server", "only extensions that were asked for, supported_versions among them",
         "", "handshake/server.py:_server_hello",
         T + "test_every_server_hello_answers_what_was_asked"),
    # HelloRetryRequest
    _row("4.2.4", "client", "it would change nothing", "illegal_parameter",
         "handshake/answer.py:check_retry", C + "test_a_bad_hello_retry_request"),
    _row("4.2.4", "client", "a second one in the same connection", "unexpected_message",
         "handshake/client.py:on_hello_retry_request", C + "test_a_second_hello_retry_request"),
    _row("4.2.4", "client", "the ServerHello's suite or version is another than its",
         "illegal_parameter", "handshake/answer.py:check_server_hello",
         C + "test_after_a_retry_the_suite_the_group_and_the_version_stay"),
    _row("4.2.4", "server", "the same suite after it", "", "handshake/server.py:"
         "on_second_client_hello", T + "test_every_server_hello_answers_what_was_asked"),
    # Extensions
    _row("4.3", "both", "data left over in an extension", "decode_error",
         "messages/extension.py:_decode_extension",
         S + "test_data_after_the_extensions_and_inside_of_each_extension"),
    _row("4.3", "client", "an answer to what was not asked", "unsupported_extension",
         "handshake/answer.py:_check_common",
         C + "test_an_extension_that_was_not_asked_for_and_one_that_comes_twice",
         H + "alerts.py::test_bad_encrypted_extensions"),
    _row("4.3", "both", "a known extension in the wrong message", "illegal_parameter",
         "messages/extension.py:_decode_extension",
         C + "test_an_extension_that_has_no_place_in_a_server_hello",
         C + "test_forbidden_encrypted_extensions"),
    _row("4.3", "both", "the same extension twice (no alert is named)", "illegal_parameter",
         "messages/extension.py:decode_extensions", S + "test_each_extension_twice",
         C + "test_an_extension_twice_in_each_message_that_has_some"),
    _row("4.3.1", "server", "supported_versions is missing or lacks 0x0304", "protocol_version",
         "handshake/choice.py:check_hello", H + "alerts.py::test_a_bad_client_hello"),
    _row("4.3.1", "client", "a selected version that was not offered or is too old",
         "illegal_parameter", "handshake/answer.py:_check_common",
         C + "test_a_selected_version_other_than_tls_1_3"),
    _row("4.3.2", "client", "the cookie is copied, and used in no other connection", "",
         "handshake/offer.py:second_offer",
         C + "test_the_second_client_hello_changes_what_it_must_and_nothing_else"),
    _row("4.3.3", "server", "a certificate is due and signature_algorithms is missing",
         "missing_extension", "handshake/choice.py:_full",
         H + "alerts.py::test_a_bad_client_hello",
         H + "alerts.py::test_a_full_handshake_needs_what_a_psk_hello_may_lack"),
    # Key shares
    _row("4.3.8", "client", "shares are of listed groups, in their order, one a group, and fresh",
         "", "handshake/offer.py:first_offer",
         T + "test_every_client_hello_has_the_extensions_that_belong_together",
         T + "test_no_share_and_no_random_is_used_twice"),
    _row("4.3.8", "client", "a HelloRetryRequest for a group that was not offered, or in which a "
         "share was sent", "illegal_parameter", "handshake/answer.py:check_retry",
         C + "test_a_bad_hello_retry_request"),
    _row("4.3.8", "client", "the server's share is in another group than was sent or asked for",
         "illegal_parameter", "handshake/answer.py:check_server_hello",
         C + "test_a_share_in_a_group_in_which_none_was_sent",
         C + "test_after_a_retry_the_suite_the_group_and_the_version_stay"),
    _row("4.3.8", "server", "a share in a group that is not listed, or two in one (a MAY)",
         "illegal_parameter", "handshake/choice.py:_check_shares",
         S + "test_a_share_for_a_group_that_is_not_listed_and_shares_out_of_order"),
    _row("4.3.8", "server", "no share in psk_ke, and none in a group that was not offered", "",
         "handshake/server.py:_server_hello",
         T + "test_every_server_hello_answers_what_was_asked"),
    _row("4.3.8.2", "both", "a secp256r1 share that is no point of the curve", "illegal_parameter",
         "crypto/groups.py:P256Share", S + "test_a_share_that_is_no_point_or_leads_to_zero"),
    _row("7.4.2", "both", "the X25519 secret is all zero", "illegal_parameter",
         "crypto/groups.py:X25519Share", S + "test_a_share_that_is_no_point_or_leads_to_zero",
         C + "test_a_servers_share_that_is_no_good"),
    # Modes
    _row("4.3.9", "client", "psk_key_exchange_modes wherever a PSK is offered", "",
         "handshake/offer.py:first_offer",
         T + "test_every_client_hello_has_the_extensions_that_belong_together"),
    _row("4.3.9", "server", "pre_shared_key without psk_key_exchange_modes", "missing_extension",
         "handshake/choice.py:check_hello",
         S + "test_pre_shared_key_without_psk_key_exchange_modes"),
    _row("4.3.9", "server", "never a mode that the client did not list", "",
         "handshake/choice.py:_psk_mode", S + "test_a_mode_is_taken_only_if_it_was_offered"),
    _row("4.3.9", "client", "psk_ke chosen where only psk_dhe_ke was offered, or the reverse",
         "illegal_parameter", "handshake/answer.py:check_server_hello",
         C + "test_psk_ke_where_it_was_not_offered_and_psk_dhe_ke_where_it_was_not"),
    _row("4.3.9", "client", "psk_key_exchange_modes in a ServerHello", "illegal_parameter",
         "messages/extension.py:_decode_extension",
         C + "test_an_extension_that_has_no_place_in_a_server_hello"),
    # Early data
    _row("4.3.10", "client", "early_data only with a PSK, under the first one", "",
         "handshake/offer.py:first_offer",
         T + "test_every_client_hello_has_the_extensions_that_belong_together",
         H + "early_data.py::test_what_may_not_be_sent_is_not_sent"),
    _row("4.3.10", "client", "no early_data in the second ClientHello", "",
         "handshake/offer.py:second_offer",
         C + "test_early_data_is_not_offered_again_after_a_retry"),
    _row("4.3.10", "server", "early_data in the second ClientHello", "illegal_parameter",
         "handshake/server.py:on_second_client_hello",
         H + "alerts.py::test_a_bad_second_client_hello"),
    _row("4.3.10", "server", "accept only with the first PSK, its version, suite and protocol, and "
         "a ticket of the right age; else reject, and pass over what comes", "",
         "handshake/early_data.py:refusal",
         H + "early_data.py::test_each_reason_to_reject",
         H + "early_data.py::test_the_window_of_freshness"),
    _row("4.3.10", "server", "an accepted early record that does not open", "bad_record_mac",
         "handshake/connection.py:Connection", S + "test_an_early_record_that_does_not_open"),
    _row("4.3.10", "client", "rejected early data is sent again only under the same protocol", "",
         "peers/client.py:connect", "peers/test_loopback.py::"
         "test_rejected_early_data_goes_again_only_under_its_own_protocol"),
    _row("4.3.11", "client", "early data accepted with another identity than 0",
         "illegal_parameter", "handshake/client_early_data.py:accepted",
         C + "test_early_data_accepted_with_another_psk_than_the_first"),
    _row("4.3.11.3", "server", "the flight goes out before the early data has ended", "",
         "handshake/server.py:_answer",
         S + "test_the_server_does_not_wait_for_the_end_of_early_data"),
    # pre_shared_key
    _row("4.3.11", "both", "pre_shared_key is the last extension of a ClientHello",
         "illegal_parameter", "messages/client_hello.py:ClientHello",
         S + "test_pre_shared_key_at_each_place_but_the_last",
         T + "test_every_client_hello_has_the_extensions_that_belong_together"),
    _row("4.3.11", "server", "the binder is checked before the PSK is taken; one that does not "
         "verify ends the handshake (no alert is named)", "decrypt_error",
         "psk/binder.py:check_binder",
         S + "test_a_binder_that_does_not_verify_or_has_another_length",
         S + "test_a_second_client_hello_with_another_binder"),
    _row("4.3.11", "server", "as many binders as identities (no alert is named)",
         "illegal_parameter", "messages/pre_shared_key.py:OfferedPsks",
         S + "test_as_many_binders_as_identities"),
    _row("4.3.11", "server", "a compatible PSK and suite", "", "handshake/choice.py:_suite_for",
         S + "test_a_psk_is_taken_only_with_a_suite_of_its_hash"),
    _row("4.3.11", "server", "the age of an external PSK is ignored", "",
         "handshake/early_data.py:refusal", S + "test_the_age_of_an_external_psk_is_ignored"),
    _row("4.3.11", "client", "selected_identity out of range", "illegal_parameter",
         "handshake/answer.py:_selected_psk", C + "test_a_selected_identity_out_of_range"),
    _row("4.3.11", "client", "a suite whose hash is not the PSK's", "illegal_parameter",
         "handshake/answer.py:_selected_psk", C + "test_a_suite_whose_hash_is_not_the_psks"),
    _row("4.3.11", "client", "no key_share where the modes demand one", "illegal_parameter",
         "handshake/answer.py:check_server_hello",
         C + "test_psk_ke_where_it_was_not_offered_and_psk_dhe_ke_where_it_was_not"),
    _row("4.3.11.1", "client", "no ticket older than its lifetime", "", "psk/keys.py:ResumptionPsk",
         C + "test_a_ticket_is_not_used_longer_than_its_lifetime_nor_than_seven_days"),
    # The server's flight
    _row("4.4.1", "server", "EncryptedExtensions right after the ServerHello", "",
         "handshake/server.py:_answer", T + "test_every_server_hello_answers_what_was_asked"),
    _row("4.4.1", "client", "a forbidden extension in EncryptedExtensions", "illegal_parameter",
         "messages/extension.py:_decode_extension", C + "test_forbidden_encrypted_extensions"),
    _row("4.4.2", "both", "no CertificateRequest where a PSK authenticates", "unexpected_message",
         "handshake/moves.py:MOVES", C + "test_a_certificate_request_though_a_psk_authenticates",
         T + "test_with_a_psk_there_is_no_certificate_and_no_request_for_one"),
    _row("4.4.2", "client", "a CertificateRequest without signature_algorithms (no alert is named)",
         "missing_extension", "handshake/client.py:on_certificate_request",
         H + "alerts.py::test_certificate_requests"),
    _row("4.5.1.3", "client", "an empty Certificate message", "decode_error",
         "handshake/client.py:on_certificate", H + "alerts.py::test_a_bad_certificate"),
    _row("4.5.2", "client", "a scheme that was not offered", "illegal_parameter",
         "handshake/client.py:on_certificate_verify",
         H + "alerts.py::test_a_bad_certificate_verify"),
    _row("4.5.2", "client", "a signature that does not verify", "decrypt_error",
         "crypto/signatures.py:verify", H + "alerts.py::test_a_bad_certificate_verify"),
    _row("4.5.3", "both", "a Finished that does not verify", "decrypt_error",
         "handshake/finished.py:check_finished", H + "alerts.py::test_a_bad_finished",
         S + "test_a_clients_finished_that_is_wrong_or_has_another_length"),
    _row("4.6", "client", "EndOfEarlyData after accepted early data, and never otherwise", "",
         "handshake/client.py:on_finished",
         H + "early_data.py::test_early_data_with_a_ticket",
         H + "early_data.py::test_each_reason_to_reject"),
    _row("4.6", "client", "an EndOfEarlyData from the server", "unexpected_message",
         "handshake/moves.py:MOVES", C + "test_what_may_not_come_before_the_servers_finished",
         C + "test_what_may_not_come_after_the_handshake"),
    _row("4.6", "server", "EndOfEarlyData is missing: the Finished does not open",
         "bad_record_mac", "handshake/connection.py:Connection",
         S + "test_end_of_early_data_is_missing", S + "test_a_finished_under_the_early_keys"),
    # Tickets
    _row("4.7.1", "client", "a ticket is offered only with a suite of its hash", "",
         "handshake/offer.py:first_offer",
         C + "test_a_ticket_is_offered_only_with_a_suite_of_its_hash"),
    _row("4.7.1", "client", "a ticket is offered only under its own name (stricter than the MUST)",
         "", "handshake/offer.py:first_offer",
         H + "matrix.py::test_a_ticket_is_offered_only_under_its_name"),
    _row("4.7.1", "both", "no lifetime over 604,800 seconds, and no use for longer", "",
         "handshake/config.py:ServerConfig",
         T + "test_tickets_differ_and_live_no_longer_than_a_week",
         C + "test_a_ticket_is_not_used_longer_than_its_lifetime_nor_than_seven_days"),
    _row("4.7.1", "server", "a fresh ticket_age_add for each ticket", "",
         "handshake/issuing.py:tickets", T + "test_tickets_differ_and_live_no_longer_than_a_week"),
    _row("4.7.1", "client", "unknown extensions of a ticket are ignored", "",
         "messages/post_handshake.py:NewSessionTicket",
         C + "test_an_extension_twice_in_each_message_that_has_some"),
    _row("4.7.2", "client", "a CertificateRequest after the handshake, not offered",
         "unexpected_message", "handshake/moves.py:MOVES",
         C + "test_what_may_not_come_after_the_handshake"),
    # KeyUpdate
    _row("4.7.3", "both", "a KeyUpdate before the Finished", "unexpected_message",
         "handshake/moves.py:MOVES", C + "test_what_may_not_come_before_the_servers_finished",
         S + "test_what_may_not_stand_where_the_finished_is_due"),
    _row("4.7.3", "both", "request_update is neither 0 nor 1", "illegal_parameter",
         "messages/post_handshake.py:KeyUpdate", C + "test_a_key_update_with_another_value"),
    _row("4.7.3", "both", "an update that was asked for comes before the next data, under the old "
         "keys", "", "handshake/connected.py:on_key_update",
         H + "matrix.py::test_keys_move_on_in_both_directions"),
    _row("4.7.3", "both", "the new keys count only after the KeyUpdate came", "bad_record_mac",
         "handshake/connected.py:on_key_update",
         R + "test_key_update_is_under_the_old_keys_and_the_new_ones_wait_for_it"),
    _row("4.7.3", "both", "no second request before the first was answered", "",
         "handshake/connected.py:update_sending_keys",
         R + "test_a_second_key_update_is_not_asked_for_before_the_first_came", new=True),
    # Records
    _row("5", "both", "the compatibility change_cipher_spec is dropped, from the first ClientHello "
         "to the peer's Finished", "", "handshake/connection.py:Connection",
         R + "test_change_cipher_spec_in_every_place"),
    _row("5", "both", "any other change_cipher_spec: another value, protected, too early or late",
         "unexpected_message", "handshake/connection.py:Connection",
         R + "test_a_change_cipher_spec_with_another_value",
         R + "test_a_protected_change_cipher_spec",
         R + "test_change_cipher_spec_in_every_place"),
    _row("5", "both", "a record of an unknown type", "unexpected_message",
         "records/framing.py:RecordBuffer", R + "test_a_record_of_another_type"),
    _row("5.1", "both", "another record in the midst of a handshake message", "unexpected_message",
         "handshake/connection.py:Connection", R + "test_another_record_in_the_midst_of_a_message",
         R + "test_a_change_cipher_spec_in_the_midst_of_a_message"),
    _row("5.1", "both", "a handshake message over a change of keys", "unexpected_message",
         "handshake/connection.py:Connection",
         R + "test_what_stands_behind_a_message_that_changes_the_keys",
         T + "test_a_change_of_keys_stands_at_the_end_of_a_record"),
    _row("5.1", "both", "messages cut into records, and records into segments, at any place", "",
         "records/reassembly.py:Reassembler", R + "test_bytes_cut_at_every_place",
         R + "test_a_client_hello_in_two_records_cut_at_every_place",
         R + "test_the_protected_flight_in_records_cut_at_every_place",
         R + "test_a_clients_finished_cut_at_every_place"),
    _row("5.1", "both", "an empty handshake record", "unexpected_message",
         "handshake/connection.py:Connection",
         R + "test_an_empty_handshake_record_and_unprotected_records_after_the_keys"),
    _row("5.1", "both", "the record's version is ignored on receipt, and 0x0303 when sent (0x0301 "
         "for the first)", "", "records/framing.py:RecordBuffer",
         R + "test_the_record_version_is_ignored", T + "test_records_are_framed_as_they_should_be"),
    _row("5.1", "both", "a plaintext record of more than 2^14 bytes", "record_overflow",
         "records/framing.py:RecordBuffer", R + "test_records_over_length"),
    _row("5.2", "both", "a protected record of more than 2^14 + 256 bytes", "record_overflow",
         "records/framing.py:RecordBuffer", R + "test_records_over_length"),
    _row("5.2", "both", "a record that does not open", "bad_record_mac",
         "records/protection.py:RecordProtection", R + "test_a_record_that_does_not_open"),
    _row("5.4", "both", "more than 2^14 + 1 bytes inside", "record_overflow",
         "records/protection.py:RecordProtection", R + "test_what_is_inside_of_a_protected_record"),
    _row("5.4", "both", "nothing but zeros, or an empty handshake or alert record, inside",
         "unexpected_message", "records/protection.py:RecordProtection",
         R + "test_what_is_inside_of_a_protected_record"),
    _row("5.5", "both", "keys are replaced before their limit", "",
         "handshake/connection.py:Connection",
         H + "matrix.py::test_keys_that_have_sealed_enough_are_replaced"),
    # Alerts
    _row("6", "both", "every alert but close_notify and user_canceled is fatal, whatever its level "
         "and also if unknown", "", "handshake/connection.py:Connection",
         R + "test_every_alert_but_two_ends_the_connection_whatever_level_it_claims"),
    _row("6", "both", "one alert a record, whole (no alert is named)", "decode_error",
         "handshake/connection.py:Connection", R + "test_an_alert_in_parts_and_two_in_one_record"),
    _row("6.1", "both", "what comes after close_notify is ignored; it ends one direction", "",
         "handshake/connection.py:Connection",
         R + "test_after_close_notify_nothing_is_heard_and_after_an_alert_nothing_is_said"),
    _row("6.1", "both", "an end without close_notify is told", "",
         "handshake/connection.py:Connection", R + "test_an_end_without_close_notify_is_told"),
    _row("6.2", "both", "what cannot be parsed", "decode_error", "wire/reader.py:Reader",
         R + "test_a_length_that_goes_beyond_its_message",
         "messages/test_round_trip.py::test_every_prefix_of_a_published_message_is_refused"),
    # Anti-replay, compliance, appendices
    _row("8", "server", "the same 0-RTT handshake at most once", "",
         "psk/anti_replay.py:ClientHelloWindow", H + "early_data.py::test_a_memory_takes_it_once",
         H + "early_data.py::test_a_full_memory_refuses_rather_than_forgets"),
    _row("8.2", "server", "an apparent replay is rejected, not aborted", "",
         "handshake/early_data.py:refusal", H + "early_data.py::test_a_memory_takes_it_once"),
    _row("8.2", "server", "only a ClientHello whose binder verified is remembered", "",
         "handshake/server.py:_answer", H + "early_data.py::test_a_wrong_binder_fills_no_memory"),
    _row("9.2", "both", "extensions that belong together", "missing_extension",
         "handshake/choice.py:check_hello", H + "alerts.py::test_a_bad_client_hello",
         T + "test_every_client_hello_has_the_extensions_that_belong_together"),
    _row("9.3", "both", "unknown parameters are ignored", "", "handshake/choice.py:choose",
         S + "test_suites_groups_extensions_and_modes_that_are_unknown_are_passed_over",
         C + "test_an_extension_twice_in_each_message_that_has_some"),
    _row("F.5", "both", "no 0-RTT unless it was asked for", "",
         "handshake/config.py:ServerConfig",
         S + "test_early_data_is_neither_sent_nor_taken_unless_asked_for"),
)
# fmt: on


def markdown() -> str:
    """The document."""
    lines = [
        "# What RFC 9846 demands, and what holds the lab to it",
        "",
        f"{len(TABLE)} requirements that concern PSKs, tickets, modes, early data, key shares,",
        "extensions and records. Where an alert is named, a test sends what is wrong and looks at",
        "the alert that comes back. The section numbers are RFC 9846's; RFC 8446's stand beside",
        "them. Left out: client certificates and post-handshake authentication (the lab's client",
        "has no certificate), TLS 1.2, DTLS, middleboxes.",
        "",
        "This file is written by `python -m tests.requirements.table`; a test compares the two.",
        "",
        "| section | in 8446 | who | requirement | alert | where in `tls13lab/` | in `tests/` |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in TABLE:
        tests = "<br>".join(f"`{one}`" for one in row.tests)
        cells = (row.section, row.section_8446 or "new", row.who, row.text, row.alert or "none")
        lines.append("| " + " | ".join((*cells, f"`{row.where}`", tests)) + " |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    DOCUMENT.write_text(markdown(), encoding="utf-8")
    sys.stdout.write(f"{len(TABLE)} requirements\n")
