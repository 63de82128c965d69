import ArgumentParser
import Config

/// What was said: by an option, or else by its variable.
struct Values {
    let environment: Environment

    /// The value of an option, or else of its variable, which is read in any case: a bad value must not wait to be
    /// found.
    func value<Value: Setting>(_ option: Value?, _ name: String) throws -> Value? {
        try readable {
            let variable = try environment.read(name, as: Value.self)
            return option ?? variable
        }
    }

    /// The values of an option that may be given more than once, or else those of its variable.
    func list<Value: Setting>(_ options: [Value], _ name: String) throws -> [Value] {
        let list = try value(nil as SettingList<Value>?, name)
        return options.isEmpty ? list?.elements ?? [] : options
    }

    /// The values of an option that may be given more than once, or else those of its variable, one on each line: they
    /// may have spaces in them.
    func lines<Value: Setting>(_ options: [Value], _ name: String) throws -> [Value] {
        let lines = try readable { try environment.readLines(name, as: Value.self) }
        return options.isEmpty ? lines : options
    }

    /// Whether a switch is on.
    func isOn(_ option: Bool?, _ name: String, or usual: Bool) throws -> Bool {
        let variable = try value(nil as Switch?, name)
        return option ?? variable?.isOn ?? usual
    }

    /// Says no in the same way for a variable as for an option.
    func readable<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as SettingError {
            throw ValidationError("\(error)")
        } catch let error as RunFile.Mistakes {
            throw ValidationError("\(error)")
        }
    }
}
