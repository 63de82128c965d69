import Host
import Loop

/// Finds out whether a MySQL or MariaDB server lets Kapo in.
final class MySQLCheck: RunningCheck {
    private let loop: EventLoop
    private let question: CheckQuestion
    private let credentials: CheckMeans.Credentials?
    private let handler: (CheckOutcome) -> Void
    private var session: MariaDBSession?
    private var refusal: Timer?

    init(
        _ loop: EventLoop, _ question: CheckQuestion, _ credentials: CheckMeans.Credentials?,
        _ handler: @escaping (CheckOutcome) -> Void
    ) {
        self.loop = loop
        self.question = question
        self.credentials = credentials
        self.handler = handler
    }

    func start() {
        guard let credentials else {
            // hacheck's words, as they are.
            return refuse("No MySQL username/pasword in config file")
        }
        session = MariaDBSession(loop) { [unowned self] in conclude(Self.outcome($0)) }
        guard let session else { return refuse("There is no memory left for a session with MySQL") }
        session.connect(question.address.text, question.port, credentials)
    }

    func cancel() {
        session?.cancel()
        session = nil
        refusal = nil
    }

    private func refuse(_ text: String) {
        refusal = Timer(loop) { [unowned self] in conclude(CheckOutcome(.internalError, Array(text.utf8))) }
        refusal?.set(afterNanoseconds: 0)
    }

    private func conclude(_ outcome: CheckOutcome) {
        cancel()
        handler(outcome)
    }

    private static func outcome(_ result: Result<Void, MariaDBSession.Failure>) -> CheckOutcome {
        switch result {
        case .success: .passed("MySQL connect response: MySQLResponse(OK)<>")
        // What the server says has a number below 2000; what the library says of the connection has one from there on.
        case .failure(let failure) where failure.isOfServer:
            CheckOutcome(.internalError, Array("MySQL sez MySQLResponse(ERR)<\(failure.text)>".utf8))
        case .failure(let failure):
            .unreachable("MySQL cannot be reached: \(failure.text)", code: failure.connectCode ?? 0)
        }
    }
}
