import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A real Slurm on this machine: munged, slurmctld, and two slurmd, with their own configuration, ports, and folders. Everything ends with the last reference.
///
/// Partitions: `main`, and `grace` with 30 seconds between the warning and the end of a preempted job; jobs of `urgent` preempt those of both.
final class SlurmCluster: Sendable {
    struct Problem: Error, CustomStringConvertible {
        let description: String
    }

    /// The cluster of the running suite.
    @TaskLocal static var current: SlurmCluster?

    let folder: TemporaryFolder
    private let port = Int.random(in: 2100..<3000) * 10
    private let processes: Processes

    private final class Processes: @unchecked Sendable {
        // @unchecked because tests of a cluster run one after another.
        var running: [String: ChildProcess] = [:]
    }

    /// Programs that a cluster needs; nil for one that is not installed.
    private static let programs = ["munged", "slurmctld", "slurmd", "sbatch", "squeue", "scancel", "scontrol"].map { ($0, path(of: $0)) }

    /// Why there can be no cluster here; nil if there can.
    static let obstacle: String? = {
        let missing = programs.filter { $0.1 == nil }.map(\.0)
        if !missing.isEmpty { return "Slurm is not installed (Tools/dependencies slurm): \(missing.joined(separator: ", "))" }
        return getuid() == 0 ? nil : "slurmd needs root"
    }()

    private static func path(of program: String) -> String? {
        ((ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init) + ["/usr/sbin", "/usr/bin"]).map { "\($0)/\(program)" }
            .first(where: FileManager.default.isExecutableFile(atPath:))
    }

    /// Starts a cluster and points SLURM_CONF to it, until the next one is started.
    /// - Errors: `Problem` if it does not answer in time
    init() async throws {
        // Sockets have short paths.
        folder = try TemporaryFolder("slurm")
        processes = Processes()
        for name in ["state", "spool", "log", "run"] {
            try FileManager.default.createDirectory(atPath: folder.path(name), withIntermediateDirectories: true)
        }
        try folder.write((0..<128).map { _ in UInt8.random(in: 0...255) }, as: "munge.key")
        try FileManager.default.setAttributes([.posixPermissions: 0o400], ofItemAtPath: folder.path("munge.key"))
        try folder.write(Array(configuration.utf8), as: "slurm.conf")
        unsafe setenv("SLURM_CONF", folder.path("slurm.conf"), 1)
        try start(
            "munged",
            ["--foreground", "--force", "--key-file=\(folder.path("munge.key"))", "--socket=\(folder.path("munge.socket"))", "--pid-file=\(folder.path("run/munged.pid"))",
             "--log-file=\(folder.path("log/munged.log"))", "--seed-file=\(folder.path("munge.seed"))"])
        try await wait("munged") { FileManager.default.fileExists(atPath: folder.path("munge.socket")) }
        try startController()
        for node in ["n1", "n2"] { try startNode(node) }
        try await wait("slurmd") { (try? self.ask("sinfo", ["--noheader", "--Node", "--partition=main", "--format=%t"]))?.split(separator: "\n").allSatisfy { $0 == "idle" } == true }
    }

    deinit {
        _ = try? ask("scancel", ["--user=\(getuid())"])
        usleep(200_000)
        _ = try? ask("scancel", ["--signal=KILL", "--full", "--user=\(getuid())"])
        for name in ["n1", "n2", "slurmctld", "munged"] { processes.running[name]?.send(SIGTERM) }
        for name in ["n1", "n2", "slurmctld", "munged"] { _ = try? processes.running[name]?.endBlocking(within: 10) }
        unsafe unsetenv("SLURM_CONF")
    }

    private var configuration: String {
        """
        ClusterName=fidelio
        SlurmctldHost=localhost
        SlurmctldPort=\(port)
        SlurmUser=root
        SlurmdUser=root
        AuthType=auth/munge
        AuthInfo=socket=\(folder.path("munge.socket"))
        ProctrackType=proctrack/pgid
        TaskPlugin=task/none
        SwitchType=switch/none
        MpiDefault=none
        SelectType=select/cons_tres
        SelectTypeParameters=CR_Core
        JobAcctGatherType=jobacct_gather/none
        AccountingStorageType=accounting_storage/none
        ReturnToService=2
        StateSaveLocation=\(folder.path("state"))
        SlurmdSpoolDir=\(folder.path("spool"))/%n
        SlurmctldPidFile=\(folder.path("run"))/slurmctld.pid
        SlurmdPidFile=\(folder.path("run"))/slurmd-%n.pid
        SlurmctldLogFile=\(folder.path("log"))/slurmctld.log
        SlurmdLogFile=\(folder.path("log"))/slurmd-%n.log
        SchedulerType=sched/backfill
        SchedulerParameters=sched_interval=1,bf_interval=1,batch_sched_delay=0,sched_min_interval=100000
        PreemptType=preempt/partition_prio
        PreemptMode=REQUEUE
        KillWait=30
        MinJobAge=300
        SlurmdTimeout=15
        SlurmdParameters=config_overrides
        NodeName=n1 NodeHostname=localhost NodeAddr=127.0.0.1 Port=\(port + 1) CPUs=4 RealMemory=2000
        NodeName=n2 NodeHostname=localhost NodeAddr=127.0.0.1 Port=\(port + 2) CPUs=4 RealMemory=2000
        PartitionName=main Nodes=n1,n2 Default=YES MaxTime=INFINITE State=UP PriorityTier=1
        PartitionName=grace Nodes=n1,n2 MaxTime=INFINITE State=UP PriorityTier=1 GraceTime=30
        PartitionName=urgent Nodes=n1,n2 MaxTime=INFINITE State=UP PriorityTier=10 PreemptMode=OFF

        """
    }

    private func start(_ program: String, _ arguments: [String], as name: String? = nil) throws {
        guard let path = SlurmCluster.path(of: program) else { throw Problem(description: "\(program) is not installed") }
        processes.running[name ?? program] = try ChildProcess(path, arguments, output: .file(folder.path("log/\(name ?? program).out")), errors: .output)
    }

    func startController() throws { try start("slurmctld", ["-D", "-f", folder.path("slurm.conf")]) }
    func startNode(_ name: String) throws { try start("slurmd", ["-D", "-f", folder.path("slurm.conf"), "-N", name], as: name) }

    /// Ends a process of the cluster: "slurmctld", "n1", "n2".
    func end(_ name: String) throws {
        processes.running[name]?.send(SIGTERM)
        try processes.running[name]?.endBlocking(within: 20)
    }

    /// Runs a command of Slurm.
    /// - Returns: what it printed
    /// - Errors: `Problem` if it fails
    @discardableResult
    func ask(_ program: String, _ arguments: [String]) throws -> String {
        guard let path = SlurmCluster.path(of: program) else { throw Problem(description: "\(program) is not installed") }
        let outcome = try Tool.run(path, arguments, within: 30)
        guard outcome.status == 0 else { throw Problem(description: "\(program) \(arguments): \(outcome.output)") }
        return outcome.output
    }

    private func wait(_ what: String, _ isThere: () -> Bool) async throws {
        for _ in 0..<600 {
            if isThere() { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        let logs = ["slurmctld", "n1", "n2", "munged"].map { (try? String(contentsOfFile: folder.path("log/\($0).out"), encoding: .utf8)) ?? "" }
        throw Problem(description: "\(what) did not start: \(logs.joined(separator: "\n").suffix(2000))")
    }
}

/// Gives a suite one cluster for all of its tests, and ends it after them.
struct OnSlurm: SuiteTrait, TestScoping {
    func provideScope(for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void) async throws {
        let cluster = try await SlurmCluster()
        try await SlurmCluster.$current.withValue(cluster) { try await function() }
        withExtendedLifetime(cluster) {}
    }
}

extension Trait where Self == OnSlurm {
    static var onSlurm: Self { OnSlurm() }
}
