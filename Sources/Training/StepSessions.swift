internal import Models
internal import Engine

/// One session for each kind of step of a program, on one store and one scratch memory.
struct StepSessions {
    let program: TrainingProgram
    /// The session of the steps that make all updates, whose scratch memory others may share.
    let main: Session
    private let others: [TrainingProgram.StepKind: Session]

    init(_ program: TrainingProgram, store: TensorStore, executor: Executor, seed: UInt64) {
        self.program = program
        let main = Session(program.mainPlan, store: store, executor: executor, seed: seed)
        self.main = main
        others = program.plans.filter { $0.key != program.mainKind }
            .mapValues { Session($0, store: store, executor: executor, seed: seed, sharing: main) }
    }

    subscript(step t: Int) -> Session { others[program.kind(ofStep: t)] ?? main }
}
