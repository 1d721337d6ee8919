import Events
import Foundation
import Testing
import Training

@testable import Execution

@Suite("What Slurm says about a job")
struct SlurmRowTests {
    /// A line as Slurm 22.05 prints it for the fields that are asked for.
    private func line(_ values: [(String, Int)]) -> String {
        values.map { value, width in value + String(repeating: " ", count: max(0, width - value.count)) }.joined()
    }

    private func row(_ state: String, status: String = "0", reason: String = "None", restarts: String = "0", used: String = "0:10", limit: String = "UNLIMITED") throws -> SlurmRow {
        try #require(
            SlurmRow(
                squeue: line([
                    ("12_3", 32), (state, 20), (status, 12), (restarts, 8), (used, 20), (limit, 20), ("fidelio:0a1b2c3d4e5f:0123456789ab-1.2", 120), ("n2", 120), (reason, 300),
                ])))
    }

    @Test func aLineIsCutByItsWidths() throws {
        let row = try row("RUNNING", used: "1-02:03:04", limit: "2-00:00:00")
        #expect(row == SlurmRow(id: "12_3", state: "RUNNING", nodes: "n2", used: 93_784, limit: 172_800, comment: "fidelio:0a1b2c3d4e5f:0123456789ab-1.2"))
        #expect(SlurmRow(squeue: "") == nil && SlurmRow(squeue: "12_[3-5]   PENDING") == nil && SlurmRow(squeue: "JOBID STATE") == nil)
        #expect(SlurmRow.question(user: 7).contains("--user=7"))
    }

    @Test func everyStateHasAMeaning() throws {
        #expect(try row("PENDING", reason: "Resources").jobState == .pending(reason: "Resources"))
        #expect(try row("PENDING", reason: "JobHeldUser").jobState == .pending(reason: "JobHeldUser; held in Slurm until `scontrol release 12_3`"))
        #expect(try row("PENDING", reason: "BeginTime", restarts: "1").jobState == .pending(reason: "put back into Slurm's queue (1): BeginTime"))
        #expect(try row("SUSPENDED").jobState == .pending(reason: "SUSPENDED"))
        #expect(try row("RUNNING").jobState == .running(node: "n2") && row("COMPLETING").jobState == .running(node: "n2"))
        #expect(try row("COMPLETED").jobState == .ended(.code(0)))
        #expect(try row("FAILED", status: "16384", reason: "NonZeroExitCode").jobState == .ended(.code(64)))
        #expect(try row("FAILED", status: "11", reason: "JobLaunchFailure").jobState == .ended(.signal(11)))
        #expect(try row("FAILED", reason: "JobLaunchFailure").jobState == .ended(.rejected("FAILED: JobLaunchFailure")))
        #expect(try row("CANCELLED").jobState == .ended(.cancelledOutside("CANCELLED")))
        #expect(try row("PREEMPTED", status: "9").jobState == .ended(.evicted("PREEMPTED")))
        #expect(try row("NODE_FAIL", reason: "NodeDown").jobState == .ended(.evicted("NODE_FAIL: NodeDown")))
        #expect(try row("TIMEOUT", reason: "TimeLimit").jobState == .ended(.jobTimeLimit("TIMEOUT: TimeLimit")))
        #expect(try row("OUT_OF_MEMORY", reason: "OutOfMemory").jobState == .ended(.rejected("OUT_OF_MEMORY: OutOfMemory")))
        #expect(try row("A_LATER_STATE").jobState == .pending(reason: "A_LATER_STATE"))
    }

    /// A worker that saves ends with 75, before its time limit as before any other end: how long it ran tells.
    @Test func savingBeforeTheLimitIsToldFromOtherReasons() throws {
        let status = String(75 << 8)
        #expect(try row("FAILED", status: status, used: "58:40", limit: "1:00:00").jobState == .ended(.jobTimeLimit("saved after 3520 of 3600 seconds")))
        #expect(try row("FAILED", status: status, used: "20:00", limit: "1:00:00").jobState == .ended(.code(75)))
        #expect(try row("FAILED", status: status, used: "20:00").jobState == .ended(.code(75)))
    }

    @Test func accountingIsRead() {
        #expect(SlurmRow(sacct: "12_3|CANCELLED by 1000|0:15|n1|61|60")?.jobState == .ended(.cancelledOutside("CANCELLED by 1000")))
        #expect(SlurmRow(sacct: "12|FAILED|64:0|n1|61|60")?.jobState == .ended(.code(64)))
        #expect(SlurmRow(sacct: "12|FAILED|0:11|n1|61|")?.jobState == .ended(.signal(11)))
        #expect(SlurmRow(sacct: "12.batch|FAILED|64:0|n1|61|60") == nil && SlurmRow(sacct: "Slurm accounting storage is disabled") == nil)
    }

    @Test(arguments: [("0:05", 5), ("2:05:04", 7504), ("1-02:05:04", 93_904), ("UNLIMITED", nil), ("NOT_SET", nil), ("5", nil), ("1-2-3:4", nil), ("-1:00", nil), ("99999999999999999999:00", nil)] as [(String, Int?)])
    func durations(text: String, seconds: Int?) { #expect(SlurmRow.seconds(text) == seconds) }

    @Test func endsByTheClusterAreToldApart() {
        func settle(_ exit: WorkerExit, saved: Bool = false) -> Settlement {
            Settlement(.init(exit: exit, report: saved ? .init(outcome: .interrupted) : nil, newestCheckpoint: 40))
        }
        #expect(settle(.evicted("PREEMPTED")) == .requeue(restarts: 0, mark: 40, reason: "the worker lost its machine (PREEMPTED); continues from step 40"))
        #expect(settle(.evicted("PREEMPTED"), saved: true) == .requeue(restarts: 0, mark: 40, reason: "the worker saved and lost its machine (PREEMPTED); continues from step 40"))
        #expect(settle(.jobTimeLimit("TIMEOUT")) == .requeue(restarts: 1, mark: 40, reason: "the worker reached the time limit of its job (TIMEOUT); continues from step 40"))
        #expect(settle(.cancelledOutside("CANCELLED"), saved: true) == .finish(.cancelled, message: "the job was cancelled outside of Fidelio (CANCELLED)"))
        #expect(settle(.rejected("OUT_OF_MEMORY")) == .finish(.failed, message: "the worker was ended by its executor (OUT_OF_MEMORY)"))
    }

    @Test func ownOptionsAreNotReplaced() {
        for option in ["--array=1", "--export=NONE", "--partition=x", "--wrap=true", "-p", "time", "--"] { #expect(SlurmSettings.problem(of: option) != nil, "\(option)") }
        for option in ["--time=8:00:00", "--account=vision", "--requeue", "--mem=4G"] { #expect(SlurmSettings.problem(of: option) == nil, "\(option)") }
    }
}
