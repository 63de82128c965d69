import Host
import Loop
import Machine

/// One check that is done once, at a place that may have to be looked up, within a time: nothing is kept of it, and it
/// is joined with no other.
package final class Probe {
    /// What is asked.
    package enum Target {
        /// An HTTP server; `tls` is who it should be, nil in the clear.
        case http(HTTPFetch.Server, HTTPFetchRequest, tls: TLSPeer.Name?)
        /// A server that speaks something else. `credentials` are for MySQL.
        case server(CheckQuestion.Kind, HTTPFetch.Server, CheckMeans.Credentials?)
    }

    /// What came of it.
    package enum Outcome {
        /// An HTTP server answered, whatever it said.
        case answered(HTTPAnswer)
        /// Another server is well, in the check's words.
        case passed(String)
        case failed(Failure)
    }

    /// Why there is no answer, or none that is good.
    package struct Failure: Equatable, Sendable {
        /// In words for people, without a line end.
        package let words: String
        /// True when nobody took the connection: a server that has not begun to listen, perhaps.
        package let isRefused: Bool
        /// True when it was Kapo that lacked something, such as descriptors: that says nothing of the server.
        package let isOwn: Bool

        init(words: String, isRefused: Bool = false, isOwn: Bool = false) {
            (self.words, self.isRefused, self.isOwn) = (words, isRefused, isOwn)
        }
    }

    private let loop: EventLoop
    private let tls: TLSClient
    private let target: Target
    private let timeout: CheckTime
    private var handler: ((Outcome) -> Void)?
    private var fetch: HTTPFetch?
    private var lookup: NameLookup?
    private var places: ArraySlice<SocketPlace> = []
    private var check: (any RunningCheck)?
    /// What is told instead of the lateness when the time is up.
    private var failure: Failure?
    private var deadline: Timer?
    /// Monotonic time at which it is late.
    private var end: Int64 = 0

    /// The handler is called once, from the loop and not before `start` returns, unless the probe is cancelled; it may
    /// let go of this object.
    package init(
        _ loop: EventLoop, _ tls: TLSClient, _ target: Target, _ timeout: CheckTime,
        _ handler: @escaping (Outcome) -> Void
    ) {
        (self.loop, self.tls, self.target, self.timeout, self.handler) = (loop, tls, target, timeout, handler)
    }

    deinit { cancel() }

    /// Begins.
    package func start() {
        deadline = Timer(loop) { [unowned self] in timeIsUp() }
        deadline?.set(afterNanoseconds: timeout.nanoseconds)
        end = Clock.monotonic + timeout.nanoseconds
        switch target {
        case .http(let server, let request, let name):
            fetch = HTTPFetch(loop, server, request, tls: name.map { TLSPeer(tls, $0) }) { [unowned self] in
                conclude(outcome($0))
            }
            fetch?.start()
        case .server(let kind, let server, let credentials): find(server, kind, credentials)
        }
    }

    /// Ends it at once: the handler is not called any more.
    package func cancel() {
        handler = nil
        deadline = nil
        fetch?.cancel()
        fetch = nil
        lookup?.cancel()
        lookup = nil
        check?.cancel()
        check = nil
    }

    private func conclude(_ outcome: Outcome) {
        let handler = handler
        cancel()
        handler?(outcome)
    }

    /// There is nobody to ask any more: tells so in a round of the loop.
    private func fail(_ failure: Failure) {
        self.failure = failure
        deadline?.set(afterNanoseconds: 0)
    }

    private func timeIsUp() {
        if let failure { return conclude(.failed(failure)) }
        guard !Standstill.isMeant(by: end) else {
            return conclude(.failed(Failure(words: Standstill.words, isOwn: true)))
        }
        conclude(outcome(.failure(.timeout)))
    }

    private func outcome(_ result: Result<HTTPAnswer, HTTPFailure>) -> Outcome {
        switch result {
        case .success(let answer): .answered(answer)
        case .failure(let failure):
            .failed(
                Failure(
                    words: failure.words(timeout: timeout.text), isRefused: failure.isRefused, isOwn: failure.isOwn))
        }
    }

    // MARK: Servers that speak no HTTP

    private func find(_ server: HTTPFetch.Server, _ kind: CheckQuestion.Kind, _ credentials: CheckMeans.Credentials?) {
        switch server {
        case .place(let place): ask([place], kind, credentials)
        case .name(let name, let port):
            if let places = NameLookup.known(name, port: port) { return ask(places, kind, credentials) }
            do throws(NameLookup.Shortage) {
                lookup = try NameLookup.begin(loop, name, port: port) { [unowned self] in ask($0, kind, credentials) }
            } catch {
                let why = SystemError.text(of: error.code).lowercased()
                fail(Failure(words: "cannot look the name up: \(why)", isOwn: true))
            }
        }
    }

    private func ask(_ places: [SocketPlace], _ kind: CheckQuestion.Kind, _ credentials: CheckMeans.Credentials?) {
        self.places = places[...]
        askNext(kind, credentials, Failure(words: "no address is known for it"))
    }

    /// Asks at the next place; without one, what is wrong is what was wrong at the last.
    private func askNext(
        _ kind: CheckQuestion.Kind, _ credentials: CheckMeans.Credentials?, _ failure: Failure
    ) {
        let means = CheckMeans(userAgent: "", tls: tls, credentials: credentials)
        let question = places.popFirst().flatMap { place in
            place.addressBytes.flatMap(IPAddress.init(bytes:)).map { CheckQuestion(kind, $0, place.port) }
        }
        check = question?.check(loop, means, nil) { [unowned self] outcome in
            let text = String(decoding: outcome.body, as: UTF8.self)
            if outcome.verdict == .passed { return conclude(.passed(text)) }
            askNext(
                kind, credentials,
                Failure(words: text, isRefused: outcome.isRefused, isOwn: outcome.isOwn))
        }
        if let check { check.start() } else { fail(failure) }
    }
}

/// How long a check may take.
package struct CheckTime: Equatable, Sendable {
    package let nanoseconds: Int64
    /// Seconds, as somebody wrote them.
    package let text: String

    /// That time.
    package init(nanoseconds: Int64, text: String) {
        (self.nanoseconds, self.text) = (nanoseconds, text)
    }
}
