import Catalog
import Events
import Testing

@testable import Workbench

@Suite("What becomes of a run whose worker ended")
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
        let reason = "saved and stopped; goes on from step 30"
        for report in [nil, RunEnd(outcome: .interrupted), RunEnd(outcome: .cancelled)] {
            let settlement = settle(.code(75), report) {
                $0.stopping = true
                $0.newestCheckpoint = 30
            }
            #expect(settlement == .requeue(restarts: 0, mark: 30, reason: reason))
            #expect(settle(.code(75), report) { $0.cancelling = true } == .finish(.cancelled, message: "cancelled"))
        }
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

    @Test func deathsFromOutsideAreCountedWithoutProgress() {
        let first = settle(.signal(9))
        #expect(first == .requeue(restarts: 1, mark: -1, reason: "the worker was killed by signal 9; goes on from its beginning"))
        let fifth = settle(.signal(9)) {
            $0.restarts = 4
            $0.restartMark = 100
            $0.newestCheckpoint = 100
        }
        #expect(fifth == .requeue(restarts: 5, mark: 100, reason: "the worker was killed by signal 9; goes on from step 100"))
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
        #expect(withProgress == .requeue(restarts: 1, mark: 200, reason: "the worker was killed by signal 9; goes on from step 200"))
    }

    @Test func aPowerLossIsNobodysFault() {
        let settlement = settle(.unknown) {
            $0.recovering = true
            $0.restarts = 5
        }
        #expect(settlement == .requeue(restarts: 5, mark: -1, reason: "the worker is gone; goes on from its beginning"))
    }

    @Test(arguments: [
        (2, 2, 0, 2, 1), (2, 1, 0, 1, 2), (2, 5, 1, 1, 1), (2, 3, 2, 0, 1), (8, 3, 0, 3, 2), (8, 1, 3, 1, 2), (1, 4, 0, 1, 1),
    ])
    func coresAreSharedOut(cores: Int, queued: Int, active: Int, starts: Int, threads: Int) {
        let schedule = Schedule(limit: cores, cores: cores)
        #expect(schedule.starts(queued: queued, active: active) == starts)
        #expect(schedule.threads(queued: queued, active: active) == threads)
    }
}
