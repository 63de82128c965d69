import CMariaDB
import Glibc
import Loop

/// One session with a MySQL or MariaDB server that ends as soon as the server has let Kapo in: the non-blocking API of
/// MariaDB Connector/C (https://mariadb.com/kb/en/non-blocking-api-reference/), driven by the loop.
///
/// Each call of the library goes as far as it can, on a stack of its own, and says what it waits for.
@safe final class MariaDBSession {
    /// What the server or the library says against it.
    struct Failure: Error, Equatable {
        let number: UInt32
        let text: String

        /// True for an error of the server's (1000 to 1999, 3000 to 4999, and from 10000 on), false for one of the
        /// library's.
        var isOfServer: Bool { number < 2000 || 3000..<5000 ~= number || number >= 10000 }

        /// The errno of socket(2) or connect(2), which the library writes in brackets at the end of
        /// CR_CONNECTION_ERROR, CR_CONN_HOST_ERROR and CR_IPSOCK_ERROR, and ENOMEM for CR_OUT_OF_MEMORY; nil for other
        /// failures.
        var connectCode: Int32? {
            if number == 2008 { return ENOMEM }
            guard 2002...2004 ~= number, text.hasSuffix(")"), let bracket = text.lastIndex(of: "(") else {
                return nil
            }
            return Int32(text[text.index(after: bracket)...].dropLast())
        }
    }

    private let loop: EventLoop
    private let handler: (Result<Void, Failure>) -> Void
    private let session: UnsafeMutablePointer<MYSQL>
    /// Texts that the library reads while it connects.
    private var texts: [UnsafeMutablePointer<CChar>] = unsafe []
    private var watches: [DescriptorWatch] = []
    /// Has the outcome told in another round of the loop.
    private lazy var departure = Timer(loop) { [unowned self] in depart() }
    private var isConnecting = false

    /// A session that does nothing yet; nil when memory runs out.
    init?(_ loop: EventLoop, _ handler: @escaping (Result<Void, Failure>) -> Void) {
        guard let session = unsafe mysql_init(nil) else { return nil }
        self.loop = loop
        self.handler = handler
        unsafe self.session = session
        unsafe mysql_options(session, MYSQL_OPT_NONBLOCK, nil)
        // Authentication that is not built in would be loaded from there: nothing of the host's is.
        unsafe mysql_options(session, MYSQL_PLUGIN_DIR, "/dev/null")
    }

    deinit {
        cancel()
        // Says farewell if the server has let it in. The socket is closed, and the memory freed.
        unsafe mysql_close(session)
        unsafe texts.forEach { unsafe free($0) }
    }

    /// Connects, and tells once what came of it.
    func connect(_ address: String, _ port: UInt16, _ credentials: CheckMeans.Credentials) {
        // Copies, because the library looks at them later too.
        let copies: [String] = [address, credentials.user, credentials.password]
        unsafe texts = unsafe copies.compactMap { (text: String) in unsafe strdup(text) }
        guard unsafe texts.count == 3 else { return departure.set(afterNanoseconds: 0) }
        isConnecting = true
        var result: UnsafeMutablePointer<MYSQL>?
        follow(
            unsafe mysql_real_connect_start(
                &result, session, texts[0], texts[1], texts[2], nil, UInt32(port), nil, 0))
    }

    /// Ends it: nothing is told any more. While it connects, the library alone knows the socket; told that the time is
    /// up, it closes that.
    func cancel() {
        watches = []
        departure.cancel()
        var turns = 0
        // Bounded: it has a handful of things to wait for.
        while isConnecting, turns < 16 {
            var result: UnsafeMutablePointer<MYSQL>?
            isConnecting = unsafe mysql_real_connect_cont(&result, session, MYSQL_WAIT_TIMEOUT) != 0
            turns += 1
        }
    }

    /// Waits for what the library wants.
    private func follow(_ wanted: Int32) {
        watches = []
        guard wanted != 0 else {
            isConnecting = false
            return departure.set(afterNanoseconds: 0)
        }
        let descriptor = unsafe mysql_get_socket(session)
        if wanted & (MYSQL_WAIT_READ | MYSQL_WAIT_EXCEPT) != 0 { watch(descriptor, .readable, MYSQL_WAIT_READ) }
        if wanted & MYSQL_WAIT_WRITE != 0 { watch(descriptor, .writable, MYSQL_WAIT_WRITE) }
    }

    private func watch(_ descriptor: Int32, _ interest: DescriptorWatch.Interest, _ event: Int32) {
        let watch = DescriptorWatch(loop, descriptor, interest) { [unowned self] in goOn(event) }
        watches.append(watch)
        watch.start()
    }

    private func goOn(_ event: Int32) {
        // The watch that calls this must outlive it.
        let calling = watches
        for watch in watches { watch.stop() }
        var result: UnsafeMutablePointer<MYSQL>?
        withExtendedLifetime(calling) { follow(unsafe mysql_real_connect_cont(&result, session, event)) }
    }

    private func depart() {
        let number = unsafe mysql_errno(session)
        // The library's text is static, or valid until its next call.
        let text = unsafe String(cString: mysql_error(session))
        // Behind that stands why a file cannot be loaded that nobody wants loaded.
        let end = text.firstRange(of: " could not be loaded")?.upperBound ?? text.endIndex
        handler(number == 0 ? .success(()) : .failure(Failure(number: number, text: String(text[..<end]))))
    }
}
