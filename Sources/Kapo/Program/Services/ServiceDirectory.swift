import Document
import Host
import Loop
import Machine

/// The services of a directory: one for each `NAME.yml` in it, started in the order that they require, and stopped the
/// other way round.
final class ServiceDirectory: ServiceKeeper, ProgramMode {
    /// Nanoseconds from the first change of a directory to the look at it: many changes come together.
    private static let settling: Int64 = 20_000_000
    /// Nanoseconds after which a service is tried again whose file is there, but which is not: it was told to halt, or
    /// cannot be supervised yet.
    private static let pause: Int64 = 1_000_000_000

    private let runtime: Runtime
    private let inherited: Signals.Inherited
    private let path: Word
    private let read: (Word) -> ServiceReading
    private let homes: Word?
    private var watch: DirectoryChanges?
    private var look: Timer?
    /// True when a look at the directory is due. Changes that come before it do not put it off: else a file that is
    /// written all the time would.
    private var isLookDue = false
    private var comeback: Timer?
    /// A thousand services that end together are replaced at once, and not looked at a thousand times.
    private var replacement: Timer?
    /// What was read of each file, as it was then.
    private var files: [String: (mark: DirectoryMarks.Mark, options: ServiceOptions?)] = [:]
    private var services: [String: Service] = [:]
    /// Why those are not among the services that cannot be supervised yet, as it was logged.
    private var troubles: [String: String] = [:]
    /// Files without a service, which the document shows too: nobody is to take all for ready.
    private var absent: [String: StatusBoard.Place] = [:]
    /// Services that went on without Kapo: not to be started while their file stays as it is.
    private var left: Set<String> = []
    private var dependencies = Dependencies([:])
    /// What was said of them: services in a circle, and those that require one that is not there.
    private var cycle: [String]?
    private var missingTold: [String: [String]] = [:]
    private var isEnding = false
    private var isSettling = false
    /// Services that may be free to start, or to end, to be looked at one after the other. What that sets off comes
    /// back here, and not onto the stack: a chain may have a thousand links.
    private let starting = Queue()
    private let stopping = Queue()

    init(
        _ runtime: Runtime, _ inherited: Signals.Inherited, _ path: Word, homes: Word?, watches: Bool,
        read: @escaping (Word) -> ServiceReading
    ) throws {
        self.runtime = runtime
        self.inherited = inherited
        self.path = path
        self.read = read
        self.homes = homes
        look = Timer(runtime.loop) { [unowned self] in scan() }
        comeback = Timer(runtime.loop) { [unowned self] in settle() }
        replacement = Timer(runtime.loop) { [unowned self] in settle() }
        // A directory may go and come again. One that was never there is another mistake.
        do throws(SystemError) {
            _ = try DirectoryMarks.read(path)
            guard watches else { return }
            watch = try DirectoryChanges(runtime.loop, path) { [unowned self] in lookSoon() }
        } catch {
            let what = error.call == "opendir" ? "read" : "watched"
            throw Program.Failure(
                description: "\(path.text) cannot be \(what): \(SystemError.text(of: error.code))")
        }
    }

    /// Starts what is there.
    func begin() {
        do { try Children.adoptOrphans() } catch { runtime.log.warning("orphans are not adopted: \(error)") }
        scan()
    }

    /// Takes a signal that came to Kapo. Only these mean all services.
    func receive(_ number: Int32) {
        switch number {
        case Signals.child: runtime.reaper.reap()
        case Signals.terminate, Signals.interrupt: end()
        case Signals.hangUp: scan()
        default: break
        }
    }

    // MARK: Files

    /// Further changes do not put the look off: there may be no end to them.
    private func lookSoon() {
        guard !isLookDue else { return }
        isLookDue = true
        look?.set(afterNanoseconds: Self.settling)
    }

    private func scan() {
        isLookDue = false
        guard !isEnding else { return }
        let marks: [String: DirectoryMarks.Mark]
        do {
            let found = try DirectoryMarks.read(path).map { (String($0.key.text.dropLast(4)), $0.value) }
            marks = Dictionary(found) { $1 }
        } catch {
            // That it cannot be read does not mean that it is empty.
            return runtime.log.error("\(path.text) cannot be read: \(error)")
        }
        for name in files.keys where marks[name] == nil {
            files[name] = nil
            left.remove(name)
        }
        for (name, mark) in marks where files[name]?.mark != mark {
            left.remove(name)
            // What cannot be read leaves things as they are.
            files[name] = (mark, options(of: name) ?? files[name]?.options)
        }
        settle()
        runtime.manager.ready(runtime.board)
    }

    private func options(of name: String) -> ServiceOptions? {
        switch read(path + "/\(name).yml") {
        case .service(let options): return options
        case .mistakes(let text):
            for line in text.split(separator: "\n") { runtime.log.error("\(line)") }
            return nil
        }
    }

    // MARK: Services

    /// Makes the services what the files say.
    private func settle() {
        // Where the end of a service brings it here from below, what is to be started in its place is yet to come.
        guard !isEnding, !isSettling else { return }
        isSettling = true
        defer { isSettling = false }
        let wanted = files.compactMapValues(\.options)
        dependencies = Dependencies(wanted.mapValues(\.requires))
        tellOfRequirements()
        for (name, service) in services {
            guard let options = wanted[name], !left.contains(name) else {
                if !service.isEnding { service.end() }
                continue
            }
            if !service.isEnding, options != service.options, !service.adapt(to: options) {
                runtime.log.info("\(name) has changed: it is started anew")
                service.end()
            }
        }
        troubles = troubles.filter { wanted[$0.key] != nil }
        for name in wanted.keys.sorted() where services[name] == nil && !left.contains(name) {
            if let options = wanted[name] { add(options) }
        }
        if !troubles.isEmpty { comeback?.set(afterNanoseconds: Self.pause) }
        showAbsent()
        start(services.values.filter { !$0.hasBegun }.map(\.name).sorted())
    }

    /// Has the document show each file that has no service now: it is waited for, or has a mistake.
    private func showAbsent() {
        let names = Set(files.keys.filter { services[$0] == nil && !left.contains($0) })
        for (name, place) in absent where !names.contains(name) {
            runtime.board.remove(place)
            absent[name] = nil
        }
        for name in names {
            let options = files[name]?.options
            var subject = StatusEntry.Subject(
                mode: .supervise, command: "", arguments: [], sidebindPort: 0, waitNanoseconds: 0)
            if let options { subject = options.child.subject(sidebindPort: 0) }
            subject.name = name
            let place = absent[name] ?? runtime.board.add(subject, InheritedOutput(runtime.console))
            absent[name] = place
            var report = Report()
            report.status = options == nil ? .failed : .waiting
            runtime.board.publish(
                [report], Health(isLive: true, blocker: options == nil ? .failed : .waiting), at: place)
        }
    }

    private func tellOfRequirements() {
        let found = dependencies.cycle
        if let found, found != cycle {
            runtime.log.error("services require each other and are not started: \(found.joined(separator: " -> "))")
        }
        cycle = found
        var told: [String: [String]] = [:]
        for (name, missing) in dependencies.unknown {
            told[name] = missing
            if missingTold[name] == missing { continue }
            runtime.log.warning("\(name) waits for what is not there yet: \(missing.joined(separator: ", "))")
        }
        missingTold = told
    }

    private func add(_ options: ServiceOptions) {
        do {
            services[options.name] = try Service(options, runtime, inherited, in: homes, for: self)
            troubles[options.name] = nil
        } catch {
            let trouble = "\(error)"
            if troubles[options.name] == trouble { return }
            troubles[options.name] = trouble
            runtime.log.error("\(options.name) cannot be supervised, it is tried each second: \(trouble)")
        }
    }

    /// Starts those of the services that wait for nothing any more.
    private func start(_ names: [String]) {
        starting.work(names) { name in
            guard let service = services[name], !service.hasBegun, !isEnding else { return }
            if dependencies.requirements(of: name).allSatisfy({ services[$0]?.isUp == true }) { service.begin() }
        }
    }

    func changed(_ service: Service) {
        if service.isUp { start(dependencies.dependents(of: service.name)) }
    }

    func ended(_ service: Service, code: Int32) {
        services[service.name] = nil
        if isEnding { return end(dependencies.requirements(of: service.name)) }
        if service.isLeft { left.insert(service.name) }
        let isAsked = files[service.name]?.options == service.options
        // By `halt`: its file is there as it was.
        if isAsked {
            showAbsent()
            comeback?.set(afterNanoseconds: Self.pause)
        } else {
            replacement?.set(afterNanoseconds: 0)
        }
    }

    // MARK: The end

    private func end() {
        runtime.manager.stopping()
        if runtime.isFinishing { return runtime.finish(code: 0) }
        if isEnding { for service in services.values { service.end() } }
        isEnding = true
        watch = nil
        end(services.keys.sorted())
    }

    /// Ends those of the services that no other one requires any more, and Kapo behind the last.
    private func end(_ names: [String]) {
        stopping.work(names) { name in
            guard let service = services[name], !service.isEnding else { return }
            if !dependencies.dependents(of: name).contains(where: { $0 != name && services[$0] != nil }) {
                service.end()
            }
        }
        guard !stopping.isBusy else { return }
        if !services.values.contains(where: \.isEnding) {
            // None of the rest is free: they wait for each other.
            stopping.work(services.keys.sorted()) { name in
                if let service = services[name], !service.isEnding { service.end() }
            }
        }
        if services.isEmpty { runtime.finish(code: 0) }
    }
}

/// Names that are looked at one after the other, those that come up meanwhile behind the rest.
private final class Queue {
    private var names: [String] = []
    private(set) var isBusy = false

    /// Adds names, and has all be looked at, unless that is done already further down the stack.
    func work(_ more: [String], _ look: (String) -> Void) {
        names += more
        guard !isBusy else { return }
        isBusy = true
        var next = 0
        // Ends: a name comes back only when another service has come up or has ended.
        while next < names.count {
            look(names[next])
            next += 1
        }
        names = []
        isBusy = false
    }
}
