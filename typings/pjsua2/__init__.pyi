"""What phones/body.py uses of pjsua2 (PJSIP 2.15), which ships no types."""

from collections.abc import Iterator

PJMEDIA_FILE_NO_LOOP: int
PJSIP_INV_STATE_EARLY: int
PJSIP_INV_STATE_CONFIRMED: int
PJSIP_INV_STATE_DISCONNECTED: int
PJSIP_ROLE_UAC: int
PJSIP_TRANSPORT_UDP: int
PJSUA_CALL_MEDIA_ACTIVE: int
PJSUA_DTMF_METHOD_SIP_INFO: int

class Error(Exception):
    def info(self, multi_line: bool = ...) -> str: ...

class UaConfig:
    threadCnt: int
    maxCalls: int
    mainThreadOnly: bool

class LogConfig:
    level: int
    consoleLevel: int
    filename: str

class MediaConfig:
    clockRate: int
    sndClockRate: int
    ecTailLen: int
    noVad: bool

class EpConfig:
    uaConfig: UaConfig
    logConfig: LogConfig
    medConfig: MediaConfig

class TransportConfig:
    port: int
    portRange: int
    boundAddress: str

class TransportInfo:
    localName: str

class CodecInfo:
    codecId: str

class AudDevManager:
    def setNullDev(self) -> int: ...
    def getCaptureDevMedia(self) -> AudioMedia: ...

class Endpoint:
    def libCreate(self) -> None: ...
    def libInit(self, config: EpConfig) -> None: ...
    def libStart(self) -> None: ...
    def libHandleEvents(self, milliseconds: int) -> int: ...
    def audDevManager(self) -> AudDevManager: ...
    def codecEnum2(self) -> Iterator[CodecInfo]: ...
    def codecSetPriority(self, codec: str, priority: int) -> None: ...
    def transportCreate(self, kind: int, config: TransportConfig) -> int: ...
    def transportGetInfo(self, number: int) -> TransportInfo: ...
    def hangupAllCalls(self) -> None: ...

class AudioMedia:
    def startTransmit(self, sink: AudioMedia) -> None: ...

class AudioMediaPlayer(AudioMedia):
    def __init__(self) -> None: ...
    def createPlayer(self, path: str, options: int = ...) -> None: ...
    def onEof2(self) -> None: ...

class AudioMediaRecorder(AudioMedia):
    def __init__(self) -> None: ...
    def createRecorder(self, path: str) -> None: ...

class AuthCredInfo:
    def __init__(self, scheme: str, realm: str, user: str, kind: int, secret: str) -> None: ...

class AuthCredInfoVector:
    def append(self, credentials: AuthCredInfo) -> None: ...

class AccountRegConfig:
    registrarUri: str
    retryIntervalSec: int

class AccountSipConfig:
    authCreds: AuthCredInfoVector

class AccountNatConfig:
    contactRewriteUse: int
    sdpNatRewriteUse: int

class AccountMediaConfig:
    transportConfig: TransportConfig

class AccountConfig:
    idUri: str
    regConfig: AccountRegConfig
    sipConfig: AccountSipConfig
    natConfig: AccountNatConfig
    mediaConfig: AccountMediaConfig

class OnRegStateParam:
    code: int
    reason: str
    expiration: int

class OnIncomingCallParam:
    callId: int

class Account:
    def __init__(self) -> None: ...
    def create(self, config: AccountConfig) -> None: ...
    def setRegistration(self, renew: bool) -> None: ...
    def onRegState(self, prm: OnRegStateParam) -> None: ...
    def onIncomingCall(self, prm: OnIncomingCallParam) -> None: ...

class CallMediaInfo:
    status: int

class CallInfo:
    state: int
    role: int
    lastStatusCode: int
    lastReason: str
    remoteUri: str
    media: list[CallMediaInfo]

class SipHeader:
    hName: str
    hValue: str

class SipHeaderVector:
    def append(self, header: SipHeader) -> None: ...

class SipTxOption:
    headers: SipHeaderVector
    contentType: str
    msgBody: str

class CallOpParam:
    statusCode: int
    txOption: SipTxOption
    def __init__(self, use_default_call_setting: bool = ...) -> None: ...

class CallSendRequestParam:
    method: str
    txOption: SipTxOption

class OnCallStateParam: ...
class OnCallMediaStateParam: ...

class OnDtmfDigitParam:
    digit: str
    method: int

class Call:
    def __init__(self, account: Account, call_id: int = ...) -> None: ...
    def getInfo(self) -> CallInfo: ...
    def getAudioMedia(self, index: int) -> AudioMedia: ...
    def makeCall(self, uri: str, prm: CallOpParam) -> None: ...
    def answer(self, prm: CallOpParam) -> None: ...
    def hangup(self, prm: CallOpParam) -> None: ...
    def dialDtmf(self, digits: str) -> None: ...
    def sendRequest(self, prm: CallSendRequestParam) -> None: ...
    def onCallState(self, prm: OnCallStateParam) -> None: ...
    def onCallMediaState(self, prm: OnCallMediaStateParam) -> None: ...
    def onDtmfDigit(self, prm: OnDtmfDigitParam) -> None: ...
