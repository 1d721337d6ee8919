import ArgumentParser
import Canonical
import Datasets
import Execution
import Foundation
import Logging
import Server
import Storage

struct ServeCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Start the server and print one sign-in link.",
        discussion: """
            The link works once and creates a session in the browser that opens it. Work that was queued or running when the server
            stopped or was killed resumes. On Ctrl-C, running work saves its state.

            EXAMPLE
              fidelio serve --port 9000 --storage /data/fidelio --no-browser
            """)

    @OptionGroup var common: CommonOptions
    @Option(parsing: .unconditional, help: "The address to listen on. Use TLS in front of anything but loopback.") var host = "127.0.0.1"
    @Option(parsing: .unconditionalSingleValue, help: ArgumentHelp("An additional allowed host name, such as that of a proxy; may be repeated.", valueName: "name"))
    var allowHost: [String] = []
    @Option(
        parsing: .unconditionalSingleValue, help: ArgumentHelp(
            "A proxy whose X-Forwarded-For and X-Forwarded-Proto are trusted: an address, a network (10.0.0.0/8), or unix; may be repeated.",
            valueName: "address"))
    var trustProxy: [String] = []
    @Flag(help: "Accept connections from other machines although no owner can sign in yet.") var withoutMembers = false
    @Option(parsing: .unconditional, help: "The port, or the next free one if it is in use; 0 chooses any free port.") var port = 8642
    @Option(name: .customLong("public"), parsing: .unconditional, help: ArgumentHelp("The folder of the web page. Default: Public next to the program.", valueName: "folder"))
    var publicFolder: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("Tell this address with a POST of JSON when a study, or a run of no study, ends.", valueName: "url")) var webhook: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("Write one JSON line per request to this file; - for standard error.", valueName: "file")) var accessLog: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("Maximum number of concurrent workers. Default: the number of cores. All runs together have at most as many threads as there are cores; a larger number of workers overrides this, with one thread for each additional worker.", valueName: "n")) var workers: Int?
    @Option(parsing: .unconditional, help: ArgumentHelp("Time limit of a run in seconds, after which it fails. Default: none.", valueName: "seconds"))
    var timeLimit: Int?
    @Flag(help: "Let flows and super-resolution networks compute activations again rather than keep them, in every run; otherwise only where memory does not suffice. A step takes longer; results are the same.")
    var recomputeActivations = false
    @Option(
        parsing: .unconditional, help: ArgumentHelp(
            "The catalog's database on a disk of this machine, where the storage folder is shared with other machines; given once, later commands find it. Default: fidelio.sqlite in the storage folder.",
            valueName: "path")) var catalog: String?
    @OptionGroup(title: "Slurm") var slurm: SlurmOptions
    @OptionGroup(title: "Connections") var transport: TransportOptions
    @Flag(help: "Do not open a browser.") var noBrowser = false
    @Flag(help: "Log details of every run.") var verbose = false

    mutating func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("--port \(port) is not in 0...65535") }
        if let catalog { try CommonOptions.checkFolder("--catalog", catalog) }
        if let webhook, URL(string: webhook)?.host == nil || !(webhook.hasPrefix("http://") || webhook.hasPrefix("https://")) {
            throw ValidationError("--webhook \(webhook) is not an address that begins with http:// or https://")
        }
        if let timeLimit, timeLimit < 1 { throw ValidationError("--time-limit \(timeLimit) is below 1") }
        if let workers, !(1...1024).contains(workers) { throw ValidationError("--workers \(workers) is not in 1...1024") }
    }

    mutating func perform() async throws -> Int32 {
        let interruption = Interruption()
        let server = try await FidelioServer.start(settings(), logger: CommonOptions.logger(verbose ? .info : .warning))
        try await announce(server)
        if let problem = Console.takeFailure() {
            Console.complain("the link could not be printed (\(ErrorSentence.system(problem))); the server is running, and `fidelio link` prints another link")
        }
        if !noBrowser { try await Browser.open(server) }
        await interruption.first()
        Console.remark("stopping: saving running work (press Ctrl-C again to stop immediately)")
        let second = Task {
            await interruption.first()
            await server.workbench.kill()
        }
        await server.stop()
        second.cancel()
        return 0
    }

    private func settings() throws -> ServerSettings {
        var settings = ServerSettings(
            storage: StorageFolder(root: common.storageFolder.root, catalog: catalog), host: host, hostNames: allowHost, port: port, publicFolder: try page(), executable: CommonOptions.executable,
            workbench: WorkbenchSettings(workerLimit: workers, pollInterval: slurm.names.contains("local") ? .milliseconds(100) : .seconds(1), timeLimit: timeLimit, recomputesActivations: recomputeActivations), models: CommonOptions.models)
        settings.trustedProxies = trustProxy
        settings.allowsWithoutMembers = withoutMembers
        transport.apply(to: &settings)
        settings.accessLog = accessLog
        settings.webhook = webhook
        (settings.executors, settings.slurm) = (slurm.names, slurm.settings)
        return settings
    }

    /// The page's folder: as given, in the working folder, or above the program's folder.
    private func page() throws -> String? {
        if let publicFolder {
            guard FileSystem.isFolder(publicFolder) else {
                throw CommandFailure("--public: the folder \(publicFolder) does not exist", code: CommandFailure.Code.badInput)
            }
            return publicFolder
        }
        return PageFolder.found
    }

    private func announce(_ server: FidelioServer) async throws {
        let link = try await server.makeLink()
        if common.json {
            Console.say([
                "url": .string(server.url), "link": .string(link), "storage": .string(common.storageFolder.root),
                "pid": .integer(Int64(ProcessInfo.processInfo.processIdentifier)),
            ])
        } else {
            Console.say(
                """
                Fidelio \(Version.program), storage \(common.storageFolder.root)

                    \(link)

                Open this link. It works once; `fidelio link` prints another. Ctrl-C stops the server and saves running work.
                """)
        }
    }
}

/// Opens the page in the user's browser, if there is a display.
enum Browser {
    static func open(_ server: FidelioServer) async throws {
        let environment = ProcessInfo.processInfo.environment
        guard environment["DISPLAY"] != nil || environment["WAYLAND_DISPLAY"] != nil else { return }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/xdg-open")
        // A separate link, so that the printed one stays valid.
        process.arguments = [try await server.makeLink()]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try? process.run()
    }
}
