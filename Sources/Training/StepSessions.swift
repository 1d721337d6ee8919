internal import Models
internal import Engine

/// One session per phase of a program, with a common store and scratch memory.
struct StepSessions {
    let program: TrainingProgram
    /// The session of the main phase, whose scratch memory others may share.
    let main: Session
    private let sessions: [Session]

    init(_ program: TrainingProgram, store: TensorStore, device: CPUDevice, seed: UInt64) {
        self.program = program
        let main = Session(program.mainPhase.plan, store: store, device: device, seed: seed)
        self.main = main
        sessions = program.phases.dropLast().map { Session($0.plan, store: store, device: device, seed: seed, sharing: main) } + [main]
    }

    subscript(step t: Int) -> Session { sessions[program.phaseIndex(ofStep: t)] }
}
