import Config
import Document
import Glibc
import Host
import Checks
import Loop

/// One service that is told to do something, if there is anything to do, and then asked how it is.
final class ServiceCall {
    /// What came of it.
    enum Outcome: Equatable {
        /// It is there, and this is its row; it has obeyed if the row has no error.
        case row(ServiceRow)
        /// Nobody listens at its socket.
        case dead
        /// It has obeyed, and its supervisor has ended by that.
        case ended
    }

    /// Bytes of an answer that are read at most.
    private static let answerBytes = 65536

    private let loop: EventLoop
    private let place: ServicePlace
    private let order: CtlOrder?
    private let end: Int64
    /// The time that there was, for people.
    private let timeout: String
    private var handler: ((Outcome) -> Void)?
    private var fetch: HTTPFetch?
    /// The service's directory, where its path is none for a socket.
    private var directory: Descriptor?
    private var error = ""

    /// A call that has that much time for all of it. The handler is called once, from the loop or at once; it may let
    /// go of this object.
    init(
        _ loop: EventLoop, _ place: ServicePlace, _ order: CtlOrder?, timeoutSeconds: Int64,
        _ handler: @escaping (Outcome) -> Void
    ) {
        (self.loop, self.place, self.order, self.handler) = (loop, place, order, handler)
        end = Clock.monotonic + timeoutSeconds * 1_000_000_000
        timeout = "\(timeoutSeconds)"
    }

    /// Begins.
    func start() {
        guard let order else { return look() }
        ask(.post, "/signal/\(order.name)") { [unowned self] in ordered(order, $0) }
    }

    private func ordered(_ order: CtlOrder, _ result: Result<HTTPAnswer, HTTPFailure>) {
        switch result {
        case .failure(let failure):
            // The supervisor may be gone before its answer is.
            if order.endsSupervisor && (failure == .empty || failure == .cut) { return conclude(.ended) }
            fail(failure)
        case .success(let answer):
            guard let said = SignalAnswer(answer: answer.body) else { return fail(Self.words(of: answer)) }
            error = said.reason
            look()
        }
    }

    private func look() {
        ask(.get, "/") { [unowned self] in looked($0) }
    }

    private func looked(_ result: Result<HTTPAnswer, HTTPFailure>) {
        switch result {
        case .failure(let failure):
            if error.isEmpty && failure != .timeout && order?.endsSupervisor == true { return conclude(.ended) }
            fail(failure)
        case .success(let answer):
            guard answer.status == 200, let status = ControlStatus(answer: answer.body) else {
                let said = SignalAnswer(answer: answer.body)?.reason ?? ""
                return fail(said.isEmpty ? Self.words(of: answer) : said)
            }
            conclude(.row(row(status)))
        }
    }

    private func fail(_ failure: HTTPFailure) {
        // The kernel says so of a socket that nobody has open, and of one that is gone.
        let isDead = failure == .unreachable(code: ECONNREFUSED) || failure == .unreachable(code: ENOENT)
        if isDead && error.isEmpty { conclude(.dead) } else { fail(failure.words(timeout: timeout)) }
    }

    /// The first reason is told: what follows is its consequence.
    private func fail(_ reason: String) {
        if error.isEmpty { error = reason }
        conclude(.row(row(nil)))
    }

    private func row(_ status: ControlStatus?) -> ServiceRow {
        ServiceRow(name: place.name, socket: place.socket.text, status: status, error: error)
    }

    private func conclude(_ outcome: Outcome) {
        let handler = handler
        self.handler = nil
        handler?(outcome)
    }

    private static func words(of answer: HTTPAnswer) -> String {
        "the answer is none of a control socket, with the status \(answer.status)"
    }

    // MARK: Asking

    private func ask(
        _ method: HTTPFetchRequest.Method, _ target: String,
        _ handler: @escaping (Result<HTTPAnswer, HTTPFailure>) -> Void
    ) {
        guard let server else { return handler(.failure(.unreachable(code: ENOENT))) }
        var limits = HTTPAnswerLimits()
        limits.bodyBytes = Self.answerBytes
        let request = HTTPFetchRequest(method, host: "immortal", target: target)
        let fetch = HTTPFetch(loop, .place(server), request, limits: limits, handler)
        self.fetch = fetch
        fetch.start(timeoutNanoseconds: max(0, end - Clock.monotonic))
    }

    private var server: SocketPlace? {
        let socket = place.socket
        if Word(socket.text) == socket, let place = SocketPlace(unixPath: socket.text) { return place }
        // Too long a path, or one that is no UTF-8.
        guard let opened = place.open() else { return nil }
        let number = opened.number
        directory = consume opened
        return SocketPlace(unixPath: ServicePlace.socket(in: number))
    }
}
