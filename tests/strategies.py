"""Hypothesis strategies for what the lab's rooms take: code points, extensions, messages, PSKs.

Everything drawn from here encodes and decodes again; values that must be refused are made where
they are tested. Sizes are kept small, so that a hundred examples cost a fraction of a second.
"""

from collections.abc import Sequence

from hypothesis import strategies as st

from tls13lab.crypto.suites import SUITES, Suite
from tls13lab.messages.client_hello import ClientHello
from tls13lab.messages.extension import Extension, RawExtension
from tls13lab.messages.handshake import Message
from tls13lab.messages.key_share import (
    KeyShareClientHello,
    KeyShareEntry,
    KeyShareHelloRetryRequest,
    KeyShareServerHello,
)
from tls13lab.messages.negotiation import (
    Alpn,
    CertWithExternPsk,
    Cookie,
    EarlyData,
    EarlyDataLimit,
    PskKeyExchangeModes,
    SelectedVersion,
    ServerName,
    ServerNameAck,
    SignatureAlgorithms,
    SupportedGroups,
    SupportedVersions,
)
from tls13lab.messages.post_handshake import EndOfEarlyData, KeyUpdate, NewSessionTicket
from tls13lab.messages.pre_shared_key import OfferedPsks, PskIdentity, SelectedPsk
from tls13lab.messages.server_flight import (
    Certificate,
    CertificateEntry,
    CertificateRequest,
    CertificateVerify,
    EncryptedExtensions,
    Finished,
)
from tls13lab.messages.server_hello import HELLO_RETRY_RANDOM, HelloRetryRequest, ServerHello
from tls13lab.psk.keys import ExternalPsk, Psk, ResumptionPsk
from tls13lab.psk.tickets import TicketState
from tls13lab.wire.codepoints import ExtensionType

Strategy = st.SearchStrategy

uint8s = st.integers(0, 2**8 - 1)
uint16s = st.integers(0, 2**16 - 1)
uint24s = st.integers(0, 2**24 - 1)
uint32s = st.integers(0, 2**32 - 1)
randoms = st.binary(min_size=32, max_size=32)
session_ids = st.binary(max_size=32)
some_bytes = st.binary(min_size=1, max_size=48)
hash_names = st.sampled_from(("sha256", "sha384"))
suites: Strategy[Suite] = st.sampled_from(tuple(SUITES.values()))


def code_lists(low: int = 1, high: int = 6) -> Strategy[tuple[int, ...]]:
    """``low`` to ``high`` numbers of 2 bytes."""
    return st.lists(uint16s, min_size=low, max_size=high).map(tuple)


# Extensions ------------------------------------------------------------------------------------

# The types that the lab leaves uninterpreted wherever they stand.
_OPAQUE_TYPES = (
    ExtensionType.STATUS_REQUEST,
    ExtensionType.PADDING,
    ExtensionType.RECORD_SIZE_LIMIT,
    ExtensionType.CERTIFICATE_AUTHORITIES,
    ExtensionType.POST_HANDSHAKE_AUTH,
    ExtensionType.SIGNATURE_ALGORITHMS_CERT,
)
_unknown_types = st.sampled_from(_OPAQUE_TYPES).map(int) | st.integers(0x0100, 2**16 - 1)
raw_extensions = st.builds(RawExtension, _unknown_types, st.binary(max_size=24))

key_share_entries = st.builds(KeyShareEntry, uint16s, some_bytes)
supported_versions = st.builds(SupportedVersions, code_lists())
selected_versions = st.builds(SelectedVersion, uint16s)
cookies = st.builds(Cookie, some_bytes)
signature_algorithms = st.builds(SignatureAlgorithms, code_lists())
supported_groups = st.builds(SupportedGroups, code_lists())
psk_modes = st.builds(PskKeyExchangeModes, st.lists(uint8s, min_size=1, max_size=4).map(tuple))
early_data = st.builds(EarlyData)
certs_with_extern_psk = st.builds(CertWithExternPsk)
early_data_limits = st.builds(EarlyDataLimit, uint32s)
server_names = st.builds(
    ServerName, st.text(st.characters(max_codepoint=127), min_size=1, max_size=32)
)
server_name_acks = st.builds(ServerNameAck)
alpns = st.builds(Alpn, st.lists(some_bytes, min_size=1, max_size=3).map(tuple))
client_key_shares = st.builds(
    KeyShareClientHello, st.lists(key_share_entries, max_size=3).map(tuple)
)
server_key_shares = st.builds(KeyShareServerHello, key_share_entries)
retry_key_shares = st.builds(KeyShareHelloRetryRequest, uint16s)
selected_psks = st.builds(SelectedPsk, uint16s)
psk_identities = st.builds(PskIdentity, some_bytes, uint32s)
binders = st.binary(min_size=32, max_size=64)


@st.composite
def offered_psks(draw: st.DrawFn) -> OfferedPsks:
    """As many binders as identities, one at least."""
    identities = draw(st.lists(psk_identities, min_size=1, max_size=3))
    count = len(identities)
    return OfferedPsks(
        tuple(identities), tuple(draw(st.lists(binders, min_size=count, max_size=count)))
    )


def blocks(*kinds: Strategy[Extension]) -> Strategy[tuple[Extension, ...]]:
    """Extension blocks of these kinds and of uninterpreted ones, no type twice."""
    return st.lists(
        st.one_of(raw_extensions, *kinds), max_size=6, unique_by=lambda one: one.extension_type
    ).map(tuple)


client_hello_kinds: Sequence[Strategy[Extension]] = (
    supported_versions,
    cookies,
    signature_algorithms,
    supported_groups,
    psk_modes,
    early_data,
    certs_with_extern_psk,
    server_names,
    alpns,
    client_key_shares,
)

# Messages --------------------------------------------------------------------------------------


@st.composite
def client_hellos(draw: st.DrawFn) -> ClientHello:
    """With or without PSKs, which come last."""
    last = draw(st.none() | offered_psks())
    return ClientHello(
        random=draw(randoms),
        legacy_session_id=draw(session_ids),
        cipher_suites=draw(code_lists()),
        extensions=draw(blocks(*client_hello_kinds)) + ((last,) if last else ()),
        legacy_version=draw(uint16s),
        legacy_compression_methods=draw(st.binary(min_size=1, max_size=3)),
    )


server_hellos = st.builds(
    ServerHello,
    randoms.filter(lambda random: random != HELLO_RETRY_RANDOM),
    session_ids,
    uint16s,
    blocks(selected_versions, server_key_shares, selected_psks, certs_with_extern_psk),
)
hello_retry_requests = st.builds(
    HelloRetryRequest, session_ids, uint16s, blocks(selected_versions, retry_key_shares, cookies)
)
encrypted_extensions = st.builds(
    EncryptedExtensions, blocks(server_name_acks, supported_groups, alpns, early_data)
)
certificate_requests = st.builds(
    CertificateRequest, st.binary(max_size=16), blocks(signature_algorithms)
)
certificate_entries = st.builds(CertificateEntry, some_bytes, blocks())
certificates = st.builds(
    Certificate, st.binary(max_size=16), st.lists(certificate_entries, max_size=3).map(tuple)
)
certificate_verifies = st.builds(CertificateVerify, uint16s, st.binary(max_size=80))
finisheds = st.builds(Finished, st.binary(min_size=32, max_size=48))
new_session_tickets = st.builds(
    NewSessionTicket,
    uint32s,
    uint32s,
    st.binary(max_size=16),
    some_bytes,
    blocks(early_data_limits),
)
key_updates = st.builds(KeyUpdate, st.booleans())
ends_of_early_data = st.builds(EndOfEarlyData)

messages_by_kind: dict[type[Message], Strategy[Message]] = {
    ClientHello: client_hellos(),
    ServerHello: server_hellos,
    HelloRetryRequest: hello_retry_requests,
    EncryptedExtensions: encrypted_extensions,
    CertificateRequest: certificate_requests,
    Certificate: certificates,
    CertificateVerify: certificate_verifies,
    Finished: finisheds,
    NewSessionTicket: new_session_tickets,
    KeyUpdate: key_updates,
    EndOfEarlyData: ends_of_early_data,
}
messages: Strategy[Message] = st.one_of(*messages_by_kind.values())

# PSKs ------------------------------------------------------------------------------------------

times_ms = st.integers(0, 2**42)
external_psks = st.builds(ExternalPsk, some_bytes, some_bytes, hash_names)


@st.composite
def resumption_psks(draw: st.DrawFn) -> ResumptionPsk:
    """A key of the suite's Hash.length, as a real ticket's is."""
    suite = draw(suites)
    return ResumptionPsk(
        identity=draw(some_bytes),
        key=draw(st.binary(min_size=suite.hash_length, max_size=suite.hash_length)),
        hash_name=suite.hash_name,
        suite=suite.code_point,
        received_ms=draw(times_ms),
        lifetime_s=draw(st.integers(0, 604_800)),
        age_add=draw(uint32s),
        began_ms=draw(st.none() | times_ms),
    )


psks: Strategy[Psk] = external_psks | resumption_psks()


ticket_states = st.builds(
    TicketState,
    st.sampled_from(tuple(SUITES)),
    st.binary(max_size=48),
    st.integers(0, 2**64 - 1),
    st.integers(0, 2**64 - 1),
    uint32s,
    uint32s,
    st.binary(max_size=16),
    uint32s,
)
