/// A process that Kapo did not start. A pid alone is not one: pids are used again.
package struct ProcessIdentity: Hashable, Sendable {
    package var pid: Int32
    /// Clock ticks between boot and the start of the process, as /proc/PID/stat has it.
    package var startTicks: UInt64

    /// The process that has this pid and started at this tick.
    package init(pid: Int32, startTicks: UInt64) {
        self.pid = pid
        self.startTicks = startTicks
    }
}

/// One process found in the process list.
package struct Sighting: Equatable, Sendable {
    package var identity: ProcessIdentity
    /// Wall time of its start, in nanoseconds since 1970.
    package var startedAt: Int64

    /// A process, and when it started.
    package init(identity: ProcessIdentity, startedAt: Int64) {
        self.identity = identity
        self.startedAt = startedAt
    }
}

/// What can happen to `watch`.
package enum WatchEvent: Equatable, Sendable {
    /// The listener is open: begin.
    case begin
    /// The process list was read; these processes match.
    case looked([Sighting])
    /// The end of this process cannot be an event: the kernel has no descriptor for it.
    case notFollowed(ProcessIdentity)
    /// A followed process ended.
    case ended(ProcessIdentity)
    /// TERM or INT came to Kapo.
    case askedToStop
    /// The deadline that the machine named has passed.
    case deadline
}

/// What `watch` wants done. The outcome of `.look` comes back as an event.
package enum WatchAction: Equatable, Sendable {
    /// Read the process list.
    case look
    /// Say at once when this process ends.
    case follow(ProcessIdentity)
    /// This process is of no more interest.
    case unfollow(ProcessIdentity)
    /// Tell people.
    case log(WatchNote)
    /// End Kapo with code 0.
    case finish
}

/// What is worth a log line.
package enum WatchNote: Equatable, Sendable {
    case found(pid: Int32)
    case gone(pid: Int32)
}

/// The processes that `watch` knows.
package enum WatchState: Equatable, Sendable {
    /// Kapo has not been told to begin, or the first look is not done.
    case idle
    /// These processes match: never empty, oldest first.
    case present([Sighting], lookAgainAt: Int64?)
    /// None matches. The last one that did, and when it ended, if there was one.
    case absent(LastSeen?, lookAgainAt: Int64?)
    /// Kapo is about to end. The entries stay what they were.
    case finished([Report])
}

/// The process that was the last one to match.
package struct LastSeen: Equatable, Sendable {
    package var startedAt: Int64
    /// Wall time at which Kapo saw it gone, in nanoseconds since 1970.
    package var endedAt: Int64
}

/// The state machine of `watch`: `handle` is its only input, and the only place that assigns the state.
package struct WatchMachine: Equatable, Sendable {
    /// Nanoseconds between two looks at the process list; above 0.
    package let interval: Int64
    /// True when one pid is watched: once it was seen there is nothing more to look for.
    package let watchesOneProcess: Bool
    package private(set) var state: WatchState = .idle

    /// A machine that waits for `.begin`.
    package init(interval: Int64, watchesOneProcess: Bool) {
        self.interval = interval
        self.watchesOneProcess = watchesOneProcess
    }

    /// The monotonic time at which the machine wants `.deadline`; nil when it waits for something else.
    package var deadline: Int64? {
        switch state {
        case .idle, .finished: nil
        case .present(_, let lookAgainAt), .absent(_, let lookAgainAt): lookAgainAt
        }
    }

    /// Takes one event that happened at `now`, moves on, and says what is to be done.
    package mutating func handle(_ event: WatchEvent, at now: Moment) -> [WatchAction] {
        let (next, actions) = transition(on: event, at: now)
        state = next
        return actions
    }

    private func transition(on event: WatchEvent, at now: Moment) -> (WatchState, [WatchAction]) {
        switch (state, event) {
        case (.finished, .begin), (.finished, .looked), (.finished, .notFollowed), (.finished, .ended),
            (.finished, .askedToStop), (.finished, .deadline):
            (state, [])
        case (.idle, .askedToStop), (.present, .askedToStop), (.absent, .askedToStop):
            (.finished(reports), [.finish])
        case (.idle, .begin), (.idle, .deadline): (.idle, [.look])
        case (.idle, .looked(let found)): looked(found, before: [], lastSeen: nil, polls: !watchesOneProcess, now)
        case (.idle, .notFollowed), (.idle, .ended), (.present, .begin), (.absent, .begin), (.absent, .notFollowed),
            (.absent, .ended):
            (state, [])
        case (.present, .deadline), (.absent, .deadline): (state, [.look])
        case (.present(let known, let lookAgainAt), .looked(let found)):
            looked(found, before: known, lastSeen: nil, polls: lookAgainAt != nil, now)
        case (.absent(let lastSeen, _), .looked(let found)):
            looked(found, before: [], lastSeen: lastSeen, polls: !watchesOneProcess, now)
        case (.present(let known, let lookAgainAt), .notFollowed):
            (.present(known, lookAgainAt: lookAgainAt ?? now.deadline(after: interval)), [])
        case (.present(let known, let lookAgainAt), .ended(let identity)):
            ended(identity, among: known, lookAgainAt, now)
        }
    }

    /// `polls` says whether to look again while processes are there; it is of no use when only one process is watched,
    /// and its end is an event.
    private func looked(
        _ found: [Sighting], before known: [Sighting], lastSeen: LastSeen?, polls: Bool, _ now: Moment
    ) -> (WatchState, [WatchAction]) {
        let knownIdentities = Set(known.map(\.identity))
        let foundIdentities = Set(found.map(\.identity))
        let gone = known.filter { !foundIdentities.contains($0.identity) }
        // A known process keeps the start that was first reported: computing it again can differ in the last digits.
        let fresh = found.filter { !knownIdentities.contains($0.identity) }
        let current = (known.filter { foundIdentities.contains($0.identity) } + fresh).sorted(by: Self.isOlder)
        let actions =
            gone.flatMap { [WatchAction.unfollow($0.identity), .log(.gone(pid: $0.identity.pid))] }
            + fresh.flatMap { [WatchAction.follow($0.identity), .log(.found(pid: $0.identity.pid))] }
        if current.isEmpty {
            let last = gone.last.map { LastSeen(startedAt: $0.startedAt, endedAt: now.wall) } ?? lastSeen
            let isOver = watchesOneProcess && last != nil
            return (.absent(last, lookAgainAt: isOver ? nil : now.deadline(after: interval)), actions)
        }
        return (.present(current, lookAgainAt: polls ? now.deadline(after: interval) : nil), actions)
    }

    private func ended(
        _ identity: ProcessIdentity, among known: [Sighting], _ lookAgainAt: Int64?, _ now: Moment
    ) -> (WatchState, [WatchAction]) {
        guard let gone = known.first(where: { $0.identity == identity }) else { return (state, []) }
        let rest = known.filter { $0.identity != identity }
        let actions: [WatchAction] = [.unfollow(identity), .log(.gone(pid: identity.pid))]
        if rest.isEmpty {
            let last = LastSeen(startedAt: gone.startedAt, endedAt: now.wall)
            return (.absent(last, lookAgainAt: watchesOneProcess ? nil : lookAgainAt), actions)
        }
        return (.present(rest, lookAgainAt: lookAgainAt), actions)
    }

    private static func isOlder(_ one: Sighting, _ other: Sighting) -> Bool {
        (one.startedAt, one.identity.pid) < (other.startedAt, other.identity.pid)
    }
}

extension WatchMachine {
    /// The entries of the document, as of the last event: never empty.
    package var reports: [Report] {
        switch state {
        case .idle, .absent(nil, _): return [Report()]
        case .finished(let last): return last
        case .absent(let last?, _):
            var report = Report()
            report.startedAt = last.startedAt
            report.endedAt = last.endedAt
            return [report]
        case .present(let known, _):
            return known.map { sighting in
                var report = Report()
                report.status = .running
                report.pid = sighting.identity.pid
                report.startedAt = sighting.startedAt
                return report
            }
        }
    }
}
