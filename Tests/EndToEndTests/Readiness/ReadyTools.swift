extension Sandbox {
    /// Shell: waits until the test has written the file of that name.
    func await(_ name: String) -> String { "while [ ! -e \(path(name)) ]; do sleep 0.02; done" }

    /// Writes the file that something waits for.
    func allow(_ name: String) throws { try Files.write(path(name), "".utf8) }

    /// Shell: writes the file of that name.
    func tell(_ name: String) -> String { "touch \(path(name))" }

    /// Waits until something has written the file of that name.
    func hear(_ name: String) throws { try eventually("the file \(name)", that: { Files.exists(path(name)) }) }
}

extension Kapo {
    /// Waits until the command runs and is not ready, and returns the entry.
    @discardableResult
    func startingEntry() throws -> Entry { try entry("a run that starts") { $0.Status == "starting" && $0.PID != 0 } }

    /// Waits until the command is ready, and returns the entry.
    @discardableResult
    func runningEntry() throws -> Entry { try entry("a run that is ready") { $0.Status == "running" } }

    /// True when the document, asked for twice, says that the command runs and is not ready: what had come to Kapo
    /// before the first request has been heard by the second.
    func isStillStarting() throws -> Bool {
        _ = try entry()
        return try entry().Status == "starting" && !log.contains("is ready")
    }
}
