import Testing

@testable import Machine

/// What holds whatever happens.
extension ChildWorld {
    mutating func check(_ actions: [ChildAction], on event: ChildEvent, _ before: ChildMachine) {
        for action in actions { check(action, on: event) }
        expect(!isFinished || machine == before, "a finished machine stays as it is")
        isFinished = isFinished || !actions.finishCodes.isEmpty
        expect(["finished", "left"].contains(machine.state.name) == isFinished, "Kapo ends when the machine has")
        expect(machine.history.restarts == max(0, starts - 1), "each start after the first one is a restart")
        expect(machine.history.failures >= 0, "failures are counted up")
        let burst = Self.limit(machine.policy)?.burst ?? 0
        expect(machine.history.starts.count <= burst, "no more starts are remembered than count")
        expect(command == nil || machine.report.pid == command, "the command that lives is shown")
        expect(command != nil || machine.report.pid == 0, "there is none to show")
        let isKnown = machine.report.endedAt != nil && lastStatus != .unknown
        expect((machine.report.exit != nil) == isKnown, "an end has its time, and is told if it is known")
        expect(machine.report.starts == tries, "each start that was tried is counted")
        expect((machine.report.startsAt != nil) == (machine.state.name == "waiting"), "a start that is due has a time")
        expect(machine.report.exit == nil || machine.report.exit == lastStatus, "it is the last one")
        if machine.history.failures < before.history.failures, event.name != "order" {
            let lasted = readyAt.map { (endedAt ?? now) - $0 } ?? 0
            expect(lasted >= 4, "only a run that was ready for long makes failures forgotten")
        }
        checkOrders(event, before)
        checkHealth()
        checkDeadline(before)
        if isSweeping { expect(machine.policy.sweeps && command == nil, "only what is left is swept") }
        if case .exited(_, true, nil) = event, machine.policy.sweeps {
            expect(isSweeping && sentToOthers == [15], "who is left is told to stop first")
        }
    }

    private func checkOrders(_ event: ChildEvent, _ before: ChildMachine) {
        let isOrder = event.name == "order"
        if before.state.name == "down" {
            expect(isOrder || event.name == "askedToStop" || machine == before, "down is never left without an order")
        }
        if machine.state.name == "down" {
            expect(command == nil && hook == nil && machine.deadline == nil, "nothing runs, and nothing is due")
            let isAllowed = machine.policy.staysWhenDone || startsLeft == 0
            expect(isAllowed, "it was ordered, or there is no start left and Kapo stays")
        }
        guard !isAsked && !isFinished, let order = event.order else { return }
        switch order {
        case .up, .restart:
            expect(!["down", "lingering", "failed"].contains(machine.state.name), "what is to be up is on its way")
            expect(machine.history.failures == 0 && machine.history.retries == 0, "and all is forgiven")
            if order == .restart { expect(machine.state.name != "running", "what runs is stopped first") }
        case .down:
            let isOnTheWay = ["running", "waiting", "failed"].contains(machine.state.name)
            expect(!isOnTheWay, "what is to be down stops, or is down")
        case .once, .signal, .kill, .leave: break
        }
    }

    private func checkStart() {
        expect(startsLeft != 0, "an order to run once has one start, and one to be down has none")
        let policy = machine.policy
        if let endedAt {
            let hadShortLife = (endedAt - startedAt) * second < policy.leastLifeNanoseconds
            let soonest = hadShortLife ? startedAt * second + policy.leastLifeNanoseconds : endedAt * second
            expect(now * second >= soonest + policy.startDelayNanoseconds, "no start comes too soon")
        }
        guard let retries = policy.retries, policy.ttlSeconds.upperBound == 0, !hasNewPolicy else { return }
        if case .restart = policy.afterExit { expect(runsSinceOrder <= retries, "no more retries than the policy has") }
    }

    private func checkHealth() {
        let (health, report) = (machine.health, machine.report)
        expect(health.blocker != nil || report.status == .running && !isPaused, "what is ready runs")
        expect(health.isLive || health.blocker != nil, "what does not live is not ready")
        expect(report.status != .running || command != nil, "what runs lives")
        expect(command == nil || health.isLive, "and who lives is live")
        expect(!isFinished || !health.isLive || machine.state.name == "left", "at the end nothing is")
    }

    private func checkDeadline(_ before: ChildMachine) {
        if isFinished { expect(machine.deadline == nil, "it waits for nothing") }
        if let deadline = machine.deadline, deadline != before.deadline {
            expect(deadline > at(now).monotonic, "a deadline is in the future")
        }
        let isWaiting = ["waiting", "lingering", "sweeping", "draining", "preparing", "concluding"].contains(
            machine.state.name)
        expect(!isWaiting || machine.deadline != nil, "who waits for the clock names a time")
        expect(machine.state.name != "failed" || machine.deadline == nil, "what has failed waits for somebody")
    }

    private mutating func check(_ action: ChildAction, on event: ChildEvent) {
        expect(!isFinished, "a finished machine does nothing")
        switch action {
        case .spawn:
            expect(command == nil && hook == nil, "two never run at once")
            expect(!isSweeping, "nothing is started while the last run is being swept")
            expect(!isAsked, "nothing is started after TERM")
            expect(isPrepared == machine.policy.hasPreStart, "the hook before it has succeeded")
            isPrepared = false
            checkStart()
            tries += 1
            startsLeft = startsLeft.map { $0 - 1 }
            let isOver = killedAt.map { now >= $0 + 1 } ?? false
            expect(others == 0 || isOver || !machine.policy.sweeps, "the last run is gone, or could not be killed")
        case .startHook(let started):
            expect(command == nil && hook == nil, "a hook runs alone")
            switch started {
            case .preStart: expect(!isAsked && machine.policy.hasPreStart, "nothing is prepared after TERM")
            case .postExit(let status, let restarts):
                expect(status == lastStatus && restarts == starts - 1, "it hears of the last run")
                expect(machine.policy.hasPostExit, "somebody wants it")
            }
            hook = started
            hookHangs = Int.random(in: 0..<4, using: &random) == 0
            hookIsStuck = Int.random(in: 0..<3, using: &random) == 0
        case .signalHook(let signal):
            expect(hook != nil, "a hook runs")
            expect(signal == 9 || signal == 15 && hook == .preStart, "one after an end gets no TERM")
            hookHangs = hookHangs && (signal != 9 || hookIsStuck)
            guard signal == 9 else { break }
            hookKilledAt = now
            if event == .order(.leave) { break }
            expect(machine.deadline == at(now + 1).monotonic, "what got KILL has a second left")
        case .signalGroup(let pid, let signal): expect(pid == command && signal != 0, "a signal is for who lives")
        case .signalCommand(let pid, let signal):
            let isAddressed = isForeign || event.order == .signal(signal)
            expect(pid == command && signal != 0, "a signal is for who lives")
            expect(isAddressed || signal != 9 && machine.policy.signals.target == .child, "KILL is for the group")
        case .signalOthers(let signal):
            expect(command == nil && others > 0, "there are others")
            expect(signal == 9 || !sentToOthers.contains(9), "no TERM comes behind a KILL")
            expect(signal == 15 || !sentToOthers.isEmpty, "TERM comes first")
            sentToOthers.append(signal)
            if signal == 9 && killedAt == nil { killedAt = now }
        case .pause:
            expect(command != nil, "Kapo pauses with its command")
            isKapoPaused = true
        case .pauseJob(let signal):
            expect(event == .paused(signal: signal) && [20, 21, 22].contains(signal), "the terminal did it")
            expect(machine.policy.terminal == .job && !isKapoPaused, "there is a job to be paused, and it is not")
            isKapoPaused = true
            jobPauses += 1
        case .giveTerminal(let pid):
            expect(pid == command && event == .signalled(18), "CONT gives the terminal")
            expect(machine.policy.terminal != .none, "there is one")
        case .log(let note):
            notes.append(note)
            if case .hung = note { expect(!isPaused && !isKapoPaused, "what is suspended need not show that it lives") }
            if case .notReady = note { expect(!isPaused && !isKapoPaused, "nor be ready") }
        case .finish(let code):
            let isLeaving = event == .order(.leave)
            expect(isLeaving || command == nil && hook == nil, "Kapo ends after its command and its hooks")
            expect(!isLeaving || code == 0, "and well when it leaves them")
        }
    }

    private static func limit(_ policy: ChildPolicy) -> RestartPolicy.StartLimit? {
        if case .restart(let restart) = policy.afterExit { restart.startLimit } else { nil }
    }

    private func expect(_ condition: Bool, _ what: String) {
        #expect(condition, "\(what): \(history)")
    }
}
