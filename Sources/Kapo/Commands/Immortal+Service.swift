import ArgumentParser
import Config
import Host
import Machine
import Program

extension Immortal {
    func validate() throws {
        if checksConfig && config == nil {
            throw ValidationError("-cc checks the file of -c <run.yml>, which is missing")
        }
        if config != nil && !command.isEmpty {
            throw ValidationError("-c names a file that says what the command is: no other command goes with it")
        }
        if printsVersion || config != nil { return }
        try checkCommand(command, missing: "Which command? Nothing stands behind 'immortal', and no -c <run.yml>.")
    }

    func options(commandWords: [Word]) throws -> Options {
        if printsVersion { throw CleanExit.message(Kapo.version) }
        let reader = try ServiceReader(isOfMany: false)
        guard let config else {
            var service = try service(of: commandWords, reader)
            service.endsWithKapo = true
            return try options(service)
        }
        if checksConfig { try ConfigCheck.end([config.text], reader) }
        let (run, service) = try ConfigCheck.service(config.text, reader)
        var options = try options(service)
        // A file may ask for a status socket, and say how to log.
        let globals = GlobalValues(
            near: (nil, reader.supervise.globals), far: (parent.port.port, parent.options),
            environment: ServiceReader.environment(run, config.text))
        try values.readable { try globals.apply(to: &options) }
        options.listen.isWanted = run.options.contains { $0.name == "port" || $0.name == "socket-activation" }
        return options
    }

    private func options(_ service: ServiceOptions) throws -> Options {
        var service = service
        if Invocation.variable("IMMORTAL_EXIT")?.isEmpty == false { service.endsWithKapo = true }
        service.child.policy.staysWhenDone = !service.endsWithKapo
        let (homes, name) = try home(of: service)
        service.name = name
        var services = ServicesOptions(source: .one(service))
        services.control = homes
        var options = Options(job: .services(services))
        options.requirements = service.requirements
        options.listen.isWanted = false
        options.isDaemon = !foreground && !Daemon.parentIsInit
        return options
    }

    /// Where the service has its directory, and its name.
    private func home(of service: ServiceOptions) throws -> (homes: Word, name: String) {
        guard let control else {
            guard let homes = ServiceHomes.own else {
                throw SettingError("There is no home directory for ~/.immortal: -ctl says where else")
            }
            return (homes, service.name)
        }
        let base = ServiceReader.baseName(control.text)
        guard control.text.hasPrefix("/") else { return (ServiceHomes.system, base) }
        return (Word(ServiceReader.directory(of: control.text)), base)
    }

    /// The service of a command line.
    private func service(of words: [Word], _ reader: ServiceReader) throws -> ServiceOptions {
        var run = RunFile(command: words.map(\.text))
        run.directory = directory?.text
        if let variables {
            run.environment = try environment(in: variables, reader)
        }
        run.pidFollow = follow?.text
        run.pidParent = parentPidFile?.text
        run.pidChild = childPidFile?.text
        if let logFile {
            var log = LogFileSettings(file: logFile.text)
            log.sizeBytes = LogFileSettings.megabyte
            run.log = log
        }
        run.logger = logger.map { $0.text.split(separator: " ").map(String.init) }
        run.user = user
        run.wait = wait ?? Seconds(0)
        run.retries = retries?.number
        return try reader.service(run, words, named: name?.text ?? "", values)
    }
}

extension Immortal {
    /// The variables of `-e`.
    private func environment(in directory: Path, _ reader: ServiceReader) throws -> [RunFile.Variable] {
        do throws(SystemError) {
            return try EnvironmentDirectory.read(Word(reader.absolute(directory.text))).map {
                RunFile.Variable(name: $0.name, value: $0.value)
            }
        } catch {
            throw SettingError("the variables in \(directory.text) cannot be read: \(SystemError.text(of: error.code))")
        }
    }
}

/// `-r`: -1 for ever, or a number of restarts.
struct Retries: Setting {
    /// Nil for ever.
    let number: Int?

    init(text: String) throws(SettingError) {
        if text == "-1" {
            number = nil
        } else if let number = Int32(text), number >= 0, text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) {
            self.number = Int(number)
        } else {
            throw SettingError("'\(text)' is not a number of restarts: a whole number, or -1 for ever")
        }
    }
}
