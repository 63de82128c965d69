import Testing

@testable import Config

@Suite("Files as people write them for immortal")
struct RunFileExampleTests {
    @Test("a web server that replaces itself: unicorn")
    func unicorn() throws {
        let file = try readRun(
            """
            # The application server of app-1.
            cmd: bundle exec unicorn -c unicorn.rb
            cwd: /arena/app-1/tmp
            env:
                DEBUG: 1
                ENVIRONMENT: production
                RAILS_MAX_THREADS: 5
                SECRET: "a#b: c"      # quoted, because of the #
            pid:
                follow: /arena/app-1/unicorn.pid
                parent: /arena/app-1/parent.pid
                child: /arena/app-1/child.pid
            log:
                file: /var/log/app-1.log
                age: 86400
                num: 7
                size: 1
                timestamp: true
            logger: logger -t unicorn
            user: www
            wait: 1
            """)
        #expect(file.command == ["bundle", "exec", "unicorn", "-c", "unicorn.rb"])
        #expect(file.directory == "/arena/app-1/tmp")
        #expect(file.environment.map(\.name) == ["DEBUG", "ENVIRONMENT", "RAILS_MAX_THREADS", "SECRET"])
        #expect(file.environment.map(\.value) == ["1", "production", "5", "a#b: c"])
        #expect(file.pidFollow == "/arena/app-1/unicorn.pid")
        #expect(file.log?.sizeBytes == 1_048_576 && file.log?.files == 7 && file.log?.timestamps == true)
        #expect(file.logger == ["logger", "-t", "unicorn"])
        #expect(file.user?.user == "www" && file.wait == Seconds(1))
        #expect(try readRun(file.text) == file)
    }

    @Test("a database in the foreground: redis")
    func redis() throws {
        let file = try readRun(
            """
            cmd: /usr/bin/redis-server /etc/redis/redis.conf --daemonize no
            user: redis
            log:
              file: /var/log/redis/redis.log
              age: 604800 # a week
              num: 4
            require_cmd: test -d /var/lib/redis
            post_exit: /usr/local/bin/page redis
            retries: 5
            """)
        #expect(file.command.count == 4 && file.retries == 5)
        #expect(file.requireCommand == "test -d /var/lib/redis")
        #expect(file.postExit == "/usr/local/bin/page redis")
        #expect(try readRun(file.text) == file)
    }

    @Test("an application with its dependencies, and Kapo's own options: node")
    func node() throws {
        let file = try readRun(
            """
            ---
            cmd: [node, --max-old-space-size=256, "server.js", 'with space']
            cwd: /srv/shop
            env: {PORT: 3000, NODE_ENV: production, FEATURE_X: true, EMPTY: }
            stderr: {file: /var/log/shop.err, size: 10, num: 3}
            require:
            - redis
            - postgres
            wait: 0.5
            kapo:
              port: 8001
              interface: 127.0.0.1
              restart: on-failure
              backoff: 2
              start-limit: 5/60
              ready: tcp:3000
              rewrite-signal: [TERM=QUIT, HUP=0]
              control-mode: 0660
              control-group: www
            ...
            """)
        #expect(file.command == ["node", "--max-old-space-size=256", "server.js", "with space"])
        #expect(file.environment.map(\.value) == ["3000", "production", "true", ""])
        #expect(file.requires == ["redis", "postgres"])
        #expect(file.errorLog?.sizeBytes == 10_485_760 && file.log == nil)
        #expect(
            file.options.map { "\($0.name)=\($0.values.joined(separator: "&"))" } == [
                "port=8001", "interface=127.0.0.1", "restart=on-failure", "backoff=2", "start-limit=5/60",
                "ready=tcp:3000", "rewrite-signal=TERM=QUIT&HUP=0",
            ])
        #expect(file.controlMode?.mode == 0o660 && file.controlGroup?.name == "www")
        #expect(try readRun(file.text) == file)
    }

    @Test("the least that there can be: sleep")
    func sleep() throws {
        for text in [
            "cmd: sleep 60", "cmd: sleep 60\n", "cmd:   sleep   60  \r\n", "{cmd: sleep 60}", "cmd: >\n  sleep\n  60\n",
        ] {
            #expect(try readRun(text) == RunFile(command: ["sleep", "60"]))
        }
    }

    @Test("a slip of the hand in each of the usual places")
    func slips() {
        let text = """
            comand: sleep 60
            env:
              - DEBUG=1
            log: /var/log/sleep.log
            require: {redis: true}
            retires: 5
            """
        #expect(
            runMistakes(text) == [
                "run.yml:1:1: there is no 'cmd', which says what to run",
                "run.yml:1:1: 'comand' is no key that can stand here; the nearest one is 'cmd'",
                "run.yml:3:3: 'env' is a mapping of names and values, not a list",
                "run.yml:4:6: 'log' is a mapping with 'file', 'age', 'num', 'size' and 'timestamp', not "
                    + "'/var/log/sleep.log'",
                "run.yml:5:10: 'require' is a list of services, not a mapping",
                "run.yml:6:1: 'retires' is no key that can stand here; the nearest one is 'retries'",
            ])
    }
}
