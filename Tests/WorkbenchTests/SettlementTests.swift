import Archives
import Canonical
import Catalog
import Events
import Foundation
import Testing
import Training

@testable import Execution

@Suite("Settlement of a run whose worker ended")
struct SettlementTests {
    private func settle(
        _ exit: WorkerExit, _ report: RunEnd? = nil, _ change: (inout Settlement.Circumstances) -> Void = { _ in }
    ) -> Settlement {
        var now = Settlement.Circumstances(exit: exit, report: report)
        change(&now)
        return Settlement(now)
    }

    @Test func theReportDecidesFirst() {
        #expect(settle(.unknown, RunEnd(outcome: .done)) == .finish(.done, message: ""))
        #expect(settle(.code(42), RunEnd(outcome: .diverged, message: "NaN")) == .finish(.diverged, message: "NaN"))
        let collapse = RunEnd(outcome: .collapsed, message: "collapsed: one image")
        #expect(settle(.code(43), collapse) == .finish(.collapsed, message: "collapsed: one image"))
        let late = RunEnd(outcome: .timedOut, message: "timed out: 60 seconds")
        #expect(settle(.code(44), late) == .finish(.timedOut, message: "timed out: 60 seconds"))
        #expect(settle(.code(1), RunEnd(outcome: .failed)) == .finish(.failed, message: "failed"))
        #expect(settle(.signal(9), RunEnd(outcome: .done)) == .finish(.done, message: ""))
        #expect(settle(.code(0), RunEnd(outcome: .done)) { $0.cancelling = true } == .finish(.done, message: ""))
    }

    @Test func savingGoesBackToTheQueue() {
        let reason = "saved and stopped; continues from step 30"
        for report in [nil, RunEnd(outcome: .interrupted), RunEnd(outcome: .cancelled)] {
            let settlement = settle(.code(75), report) {
                $0.stopping = true
                $0.newestCheckpoint = 30
            }
            #expect(settlement == .requeue(restarts: 0, mark: 30, reason: reason))
            #expect(settle(.code(75), report) { $0.cancelling = true } == .finish(.cancelled, message: "cancelled"))
        }
    }

    /// A job that Slurm put back and could not start again is told as such, and not as the end of the worker that had saved.
    @Test func aJobThatCannotStartAgainIsTold() {
        let settlement = settle(.code(1), RunEnd(outcome: .interrupted)) { $0.newestCheckpoint = 15 }
        #expect(settlement == .requeue(restarts: 1, mark: 15, reason: "the worker saved, and its job ended with exit code 1; continues from step 15"))
        #expect(settle(.code(1), RunEnd(outcome: .interrupted)) { $0.cancelling = true } == .finish(.cancelled, message: "cancelled"))
    }

    @Test func codesWithoutAReport() {
        #expect(settle(.code(0)) == .finish(.failed, message: "the worker ended without a result"))
        #expect(settle(.code(42)) == .finish(.diverged, message: "diverged"))
        #expect(settle(.code(43)) == .finish(.collapsed, message: "collapsed"))
        #expect(settle(.code(44)) == .finish(.timedOut, message: "timed out"))
        #expect(settle(.code(69)) == .adopt)
        #expect(settle(.code(64)) { $0.logReason = "steps: -1" } == .finish(.failed, message: "the specification was refused: steps: -1"))
        #expect(settle(.code(3)) == .finish(.failed, message: "the worker ended with exit code 3"))
        #expect(settle(.signal(11)) == .finish(.failed, message: "the worker crashed (signal 11)"))
    }

    /// Missing permissions are the machine's fault, like a full disk: the run waits and says why.
    @Test(arguments: [EACCES, EPERM, EROFS, ENOSPC, EDQUOT])
    func whatTheMachineRefusesIsTriedAgain(code: Int32) {
        let error = FileError("open", "/storage/runs/abc/events.ndjson", code: code)
        for error in [error, ArchiveError(file: "/storage/archives/x", .file(error))] as [any Error] {
            #expect(WorkerExitCode.of(error) == WorkerExitCode.cannotWrite, "\(error)")
        }
        let settlement = settle(.code(WorkerExitCode.of(error))) { $0.logReason = "\(error)" }
        #expect(settlement == .requeueLater(reason: "the worker could not access a file of the storage and will be retried: \(error)"))
    }

    @Test func whatIsTheRunsFaultStaysSo() {
        #expect(WorkerExitCode.of(FileError("open", "/storage/x", code: ENOENT)) == WorkerExitCode.failed)
        #expect(WorkerExitCode.of(TrainingError.unknownModel("gun")) == WorkerExitCode.badSpecification)
        #expect(WorkerExitCode.of(TrainingError.busy(folder: "x")) == WorkerExitCode.held)
    }

    @Test func deathsFromOutsideAreCountedWithoutProgress() {
        let first = settle(.signal(9))
        #expect(first == .requeue(restarts: 1, mark: -1, reason: "the worker was killed by signal 9; continues from its beginning"))
        let fifth = settle(.signal(9)) {
            $0.restarts = 4
            $0.restartMark = 100
            $0.newestCheckpoint = 100
        }
        #expect(fifth == .requeue(restarts: 5, mark: 100, reason: "the worker was killed by signal 9; continues from step 100"))
        let sixth = settle(.signal(9)) {
            $0.restarts = 5
            $0.restartMark = 100
            $0.newestCheckpoint = 100
        }
        guard case .finish(.failed, _) = sixth else { return #expect(Bool(false), "\(sixth)") }
        let withProgress = settle(.signal(9)) {
            $0.restarts = 5
            $0.restartMark = 100
            $0.newestCheckpoint = 200
        }
        #expect(withProgress == .requeue(restarts: 1, mark: 200, reason: "the worker was killed by signal 9; continues from step 200"))
    }

    @Test func aPowerLossIsNobodysFault() {
        let settlement = settle(.unknown) {
            $0.recovering = true
            $0.restarts = 5
        }
        #expect(settlement == .requeue(restarts: 5, mark: -1, reason: "the worker is gone; continues from its beginning"))
    }

    @Test func aMachineThatIsTakenAwayIsNobodysFault() {
        let settlement = settle(.evicted("preempted")) {
            $0.restarts = 5
            $0.restartMark = 100
            $0.newestCheckpoint = 100
        }
        #expect(settlement == .requeue(restarts: 5, mark: 100, reason: "the worker lost its machine (preempted); continues from step 100"))
    }

    @Test(arguments: [
        (2, 2, [nil, nil], [], [1, 1]), (2, 2, [nil], [], [2]), (2, 2, [nil, nil], [2], []), (2, 2, [nil, nil, nil], [1], [1]),
        (8, 8, [nil, nil, nil], [], [3, 3, 2]), (8, 8, [nil], [2, 2, 2], [2]), (1, 1, [nil, nil], [], [1]),
        // Requested cores are waited for without overtaking; the remaining cores go to runs that requested no number.
        (4, 4, [3, nil], [], [3, 1]), (4, 4, [nil, 4], [], [4]), (4, 4, [4, nil], [1], []), (4, 4, [2, nil, nil], [], [2, 1, 1]),
        // A request for more than all cores gets all of them, alone.
        (4, 4, [64, nil], [], [4]), (4, 4, [64], [1], []),
        // Few workers with many cores; and more workers than cores, as the user requested.
        (8, 2, [nil, nil, nil], [], [4, 4]), (2, 5, [nil, nil, nil, nil, nil, nil], [], [1, 1, 1, 1, 1]), (2, 5, [nil], [2, 1], [1]), (2, 5, [2], [1], []),
        // Adopted workers may use more cores than there are.
        (2, 2, [nil], [3], []),
    ] as [(Int, Int, [Int?], [Int], [Int])])
    func coresAreAllotted(cores: Int, jobs: Int, queue: [Int?], busy: [Int], threads: [Int]) {
        let starts = CoreAllotment(capacity: .init(jobs: jobs, cores: cores)).starts(queue: queue, busy: busy)
        #expect(starts.map(\.threads) == threads)
        if jobs <= cores, busy.reduce(0, +) <= cores { #expect((busy + starts.map(\.threads)).reduce(0, +) <= cores) }
        for (start, wish) in zip(starts, queue) { #expect(start.asked == wish.flatMap { $0 > cores ? $0 : nil }) }
    }
}
