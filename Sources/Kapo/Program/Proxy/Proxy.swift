import Checks
import Config
import Document
import Host
import Loop
import Machine

/// `proxy`: answers health checks for load balancers, from a spool of downtimes first and by asking the service second.
final class Proxy: ProgramMode {
    /// What it hears; other signals do what they do to any program.
    static let heard = Signals.stopping + [Signals.quit, Signals.hangUp]

    var signals: [Int32] { Self.heard }

    private let runtime: Runtime
    private let options: ProxyOptions
    private var settings: ProxySettings
    private let server: HTTPServer
    private let spool: ProxySpool
    private let checker: Checker
    private let seen = SeenServices()
    private let routes: ProxyRoutes
    private let agent: SpoolAgent?
    private let startedAt = Clock.monotonic
    /// Unknown keys that were warned of: once each.
    private var warned: Set<String> = []

    /// Throws what cannot be had.
    init(
        _ runtime: Runtime, _ options: ProxyOptions, on socket: StatusSocket, _ listen: Options.Listen,
        _ metrics: MetricsReader
    ) throws {
        (self.runtime, self.options, server) = (runtime, options, socket.server)
        settings = try ProxySettings(options.file)
        do throws(SystemError) {
            spool = try ProxySpool(runtime.loop, options.spoolRoot, runtime.log)
        } catch {
            throw Program.Failure(description: "the spool \(options.spoolRoot.text) cannot be used: \(error)")
        }
        checker = Checker(runtime.loop, settings.means, settings.limits)
        routes = ProxyRoutes(server, settings, spool, checker, seen, runtime.log)
        agent = try options.file.agentPort.map { [spool] port throws(Program.Failure) in
            try SpoolAgent(runtime.loop, listen.address, port: port.number, spool)
        }
        if let agent { runtime.log.info("listening on \(agent.place) for agent checks of services") }
        runtime.board.spool = { [spool] in spool.document }
        spool.whenChanged = { [unowned self] in self.runtime.board.spoolChanged() }
        checker.whenDropped = { [unowned self] in server.contentChanged() }
        metrics.proxy = { [unowned self] in self.metrics }
        addPages()
    }

    /// Serves from now on.
    func begin() {
        warn(settings.file)
        if let workers = options.workers, workers != 1 {
            runtime.log.notice("-n \(workers): one loop serves all, and needs no more processes")
        }
        if settings.file.mysqlUser != nil && settings.means.credentials == nil {
            runtime.log.warning("mysql_username is there, and no password: checks of MySQL will say so")
        }
        runtime.board.spoolChanged()
        runtime.manager.ready(runtime.board)
    }

    /// Takes a signal that came to Kapo.
    func receive(_ number: Int32) {
        if number == Signals.hangUp { return readAgain() }
        agent?.close()
        checker.finish()
        runtime.finish(code: 0)
    }

    // MARK: Configuration

    private func warn(_ file: ProxyFile) {
        for warning in file.warnings where warned.insert(warning.message).inserted {
            runtime.log.warning("\(warning)")
        }
    }

    /// Reads the configuration again, and keeps what there is if it is bad.
    private func readAgain() {
        runtime.console.logWasMoved()
        spool.refresh()
        guard let path = options.path else { return runtime.log.notice("there is no configuration to read again") }
        do throws(Program.Failure) {
            var file = try ProxyOptions.read(path)
            if options.agentPort != nil { file.agentPort = options.agentPort }
            let settings = try ProxySettings(file)
            let before = self.settings.file
            self.settings = settings
            routes.file = file
            routes.targets = ProxyTargets(file.allowedTargets)
            routes.changes = SpoolChanges(settings, spool, runtime.log)
            checker.change(settings.means, settings.limits)
            warn(file)
            let isFixed =
                (before.log, before.agentPort, before.descriptors) != (file.log, file.agentPort, file.descriptors)
            let later = isFixed ? "; log_path, agent_port and rlimit_nofile with the next start" : ""
            runtime.log.notice("the configuration was read again\(later)", metadata: ["file": "\(path.text)"])
        } catch {
            runtime.log.error("the configuration stays as it was: \(error)")
        }
    }

    // MARK: Pages

    private func addPages() {
        server.route("/recent", .once) { [unowned self] in recent($0) }
        server.route("/status", .once) { [unowned self] _ in
            Self.json(
                ProxyPages.status(
                    ProxyCache(checker.cacheCounters), uptime: Clock.monotonic - startedAt,
                    running: checker.running, waiting: checker.waiting))
        }
        server.route("/status/count", .once) { [unowned self] _ in Self.json(ProxyPages.counts(seen.counts)) }
    }

    /// What was asked for within so many seconds.
    private func recent(_ request: borrowing HTTPRequest) -> HTTPContent {
        var seconds: Int64 = 600
        if let query = request.queryBytes {
            let text = FormText.fields(query)?.last { $0.name == "threshold" }?.value ?? "600"
            guard let number = Int64(text), 0...1_000_000_000 ~= number else {
                let text = "threshold is a whole number of seconds from 0 to 1000000000.\n"
                return HTTPContent(
                    .badRequest, type: "text/plain; charset=utf-8", bytes: SharedBytes(Array(text.utf8)))
            }
            seconds = number
        }
        let seen = seen.seen(since: Clock.wall - seconds * 1_000_000_000)
        return Self.json(ProxyPages.recent(seen, thresholdSeconds: seconds))
    }

    private static func json(_ bytes: [UInt8]) -> HTTPContent {
        HTTPContent(type: "application/json", bytes: SharedBytes(bytes))
    }

    private var metrics: ProxyMetrics {
        var metrics = ProxyMetrics()
        metrics.checks = CheckQuestion.Kind.allCases.map { kind in
            let counts = checker.counters[kind]
            var checks = ProxyMetrics.Checks(name: kind.rawValue)
            (checks.passed, checks.failed, checks.timeout) = (counts.passed, counts.failed, counts.timeout)
            checks.buckets = zip(CheckCounters.bounds, counts.buckets).map { (bound: $0, count: $1) }
            checks.nanoseconds = counts.nanoseconds
            return checks
        }
        (metrics.running, metrics.waiting) = (checker.running, checker.waiting)
        (metrics.cache, metrics.cached) = (ProxyCache(checker.cacheCounters), checker.cachedCount)
        metrics.down = spool.down
        return metrics
    }
}

extension ProxyCache {
    /// What the cache says.
    fileprivate init(_ counters: CheckCacheCounters) {
        self.init()
        (gets, hits, misses) = (counters.gets, counters.hits, counters.misses)
        (sets, expirations) = (counters.sets, counters.expirations)
    }
}
