/// When something was sent: which content was the current one, and the second of the wall clock.
struct Moment {
    var serial: Int
    var second: Int
}

/// A connection of a script: the same to each of the two servers.
final class Pair {
    /// To the server that replays, and to the one that does not.
    let clients: [Client]
    private let isDeferred: Bool
    private var hasSpoken = false
    private var hasFinished = false
    /// True once both servers must have accepted it.
    private(set) var isAccepted = false

    /// True once its client has stopped reading for a while: a request that waits behind an answer which nobody takes
    /// may be answered earlier by one server than by the other, and so with another content.
    private(set) var isLoose = false

    /// True once its client has closed it when an answer may have been under way: the servers may have told it more or
    /// less of that.
    private(set) var isGivenUp = false

    /// True once something was sent that a server may have closed the connection before, unheard by a client that does
    /// not read: it is then reset, and how much is lost is the kernel's to say.
    var mayBeCut = false

    /// The moment of each request so far; nil once something was sent that is not plainly a number of requests.
    private(set) var requests: [Moment]? = []
    /// The moment of the first byte since the last pump, or of the first byte of the pump before that.
    private(set) var floor = Moment(serial: 0, second: 0)
    /// What was sent since the last pump.
    private(set) var burst: [UInt8] = []
    /// True once something of HTTP/1.0 was sent.
    private(set) var hasOldVersion = false
    /// What was sent at all.
    private var history: [UInt8] = []
    /// False once it is not certain that all that was sent are requests that the server remembered.
    var isClean = true
    /// True when all that was answered had been read at the end of the last pump.
    private(set) var isDrained = true
    /// True when the servers have had a turn since the last pump.
    private(set) var wasHurried = false
    /// Answers that were checked already, on each side.
    var checked = [0, 0]

    init(_ clients: [Client], _ flavour: Script.Flavour) {
        self.clients = clients
        isDeferred = flavour.isDeferred
    }

    var isReading: Bool { clients[0].isReading }

    /// True while at least one side can still be heard.
    var isOpen: Bool { clients.contains { $0.isOpen } }

    func send(_ bytes: [UInt8], at moment: Moment) {
        guard isOpen && !hasFinished else { return }
        if burst.isEmpty { floor = moment }
        burst += bytes
        history += bytes
        if bytes.firstIndex(of: Array("HTTP/1.0".utf8)) != nil { hasOldVersion = true }
        if let count = Requests.count(in: bytes) {
            requests?.append(contentsOf: repeatElement(moment, count: count))
        } else {
            requests = nil
        }
        hasSpoken = true
        for client in clients { client.send(bytes) }
    }

    /// Sends no more.
    func finish() {
        hasSpoken = true
        hasFinished = true
        for client in clients { client.finish() }
    }

    /// True when it was reset, and none of the servers is to blame.
    var isCut: Bool { mayBeCut && clients.contains { $0.wasReset } }

    /// True when an answer may depend on when it was made: evhttp says `100 Continue`, for which it is refused, if the
    /// body has not come with the head. Behind an answer that nobody takes, one server sees the head earlier than the
    /// other.
    var dependsOnTime: Bool {
        isLoose
            && String(decoding: history, as: UTF8.self).lowercased().utf8.split(separator: UInt8(ascii: "\n"))
                .contains { $0.starts(with: "expect".utf8) }
    }

    func pause() {
        isLoose = true
        for client in clients { client.isReading = false }
    }

    func resume() {
        for client in clients { client.isReading = true }
    }

    /// The servers have had a turn, and perhaps one of them needs another one for what was sent.
    func hurry() {
        guard !burst.isEmpty, !isGivenUp else { return }
        isLoose = true
        wasHurried = true
    }

    func close(resetting: Bool) {
        if wasHurried && isOpen { isGivenUp = true }
        for client in clients { client.close(resetting: resetting) }
    }

    func pumped() {
        burst = []
        wasHurried = false
        if hasSpoken || !isDeferred { isAccepted = true }
        isDrained = isReading
    }
}
