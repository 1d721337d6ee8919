/// The symbols and names of the subset: each command with its character.
enum TeXSymbols {
    /// Commands that have a form with a star.
    static let starred: Set<String> = ["operatorname", "hspace", "tag"]

    /// A symbol of a command.
    static func symbol(_ command: String) -> TeXSymbol? { symbols[command] }
    /// The character of a Greek or other letter, and whether it stands upright.
    static func letter(_ command: String) -> (text: String, isUpright: Bool)? { letters[command] }
    /// A name such as `\log`, and whether its scripts are limits.
    static func name(_ command: String) -> (text: String, takesLimits: Bool)? {
        names[command].map { ($0, limitNames.contains(command)) }
    }
    /// The character of an accent, and whether it is as wide as what it stands on.
    static func accent(_ command: String) -> (text: String, isStretchy: Bool, isBelow: Bool)? { accents[command] }
    /// A delimiter after `\left` or `\big`: its character, empty for `.`.
    static func delimiter(_ token: TeXToken) -> String? {
        switch token {
        case .character("."): ""
        case .character("<"): "⟨"
        case .character(">"): "⟩"
        case .character(let scalar) where "()[]/|".unicodeScalars.contains(scalar): String(Character(scalar))
        case .command(let name): delimiters[name]
        default: nil
        }
    }
    /// A symbol that is typed as its character, such as ≤.
    static func typed(_ text: String) -> TeXSymbol? { typedSymbols[text] }
    /// The symbol that `\not` makes of another.
    static func negated(_ text: String) -> String? { negations[text] }

    /// The names of all of these.
    static var allNames: Set<String> { Set(letters.keys).union(symbols.keys).union(names.keys).union(accents.keys).union(spaces.keys) }

    /// Spaces, in em.
    static let spaces: [String: Double] = [
        ",": 0.1667, "thinspace": 0.1667, ":": 0.2222, ">": 0.2222, "medspace": 0.2222, ";": 0.2778, "thickspace": 0.2778, "!": -0.1667, "negthinspace": -0.1667, " ": 0.25,
        "\n": 0.25, "space": 0.25, "enspace": 0.5, "quad": 1, "qquad": 2, "hfill": 1,
    ]

    // MARK: Tables

    /// `name character` pairs, divided by white space.
    private static func pairs(_ text: String) -> [(String, String)] {
        let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
        return stride(from: 0, to: words.count - 1, by: 2).map { (words[$0], words[$0 + 1]) }
    }

    private static let letters: [String: (text: String, isUpright: Bool)] = {
        let slanted = """
            alpha α beta β gamma γ delta δ epsilon ϵ varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι kappa κ varkappa ϰ lambda λ mu μ nu ν xi ξ
            omicron ο pi π varpi ϖ rho ρ varrho ϱ sigma σ varsigma ς tau τ upsilon υ phi ϕ varphi φ chi χ psi ψ omega ω partial ∂ ell ℓ imath ı jmath ȷ
            varGamma Γ varDelta Δ varTheta Θ varLambda Λ varXi Ξ varPi Π varSigma Σ varUpsilon Υ varPhi Φ varPsi Ψ varOmega Ω
            """
        let upright = """
            Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Upsilon Υ Phi Φ Psi Ψ Omega Ω nabla ∇ infty ∞ emptyset ∅ varnothing ∅ hbar ℏ Re ℜ Im ℑ aleph ℵ
            beth ℶ wp ℘ top ⊤ bot ⊥ angle ∠ triangle △ square □ Box □ blacksquare ■ checkmark ✓ dagger † ddagger ‡ S § P ¶ copyright © degree ° diamondsuit ♢
            heartsuit ♡ clubsuit ♣ spadesuit ♠ sharp ♯ flat ♭ natural ♮ forall ∀ exists ∃ nexists ∄ neg ¬ lnot ¬ prime ′ backprime ‵ pounds £ eth ð mho ℧ complement ∁ surd √
            """
        var letters: [String: (text: String, isUpright: Bool)] = [:]
        for (name, text) in pairs(slanted) { letters[name] = (text, false) }
        for (name, text) in pairs(upright) { letters[name] = (text, true) }
        return letters
    }()

    private static let symbols: [String: TeXSymbol] = {
        let kinds: [(TeXSymbol.Kind, String)] = [
            (.binary, """
                pm ± mp ∓ times × div ÷ cdot ⋅ ast ∗ star ⋆ circ ∘ bullet ∙ cap ∩ cup ∪ uplus ⊎ sqcap ⊓ sqcup ⊔ vee ∨ lor ∨ wedge ∧ land ∧ setminus ∖ smallsetminus ∖ wr ≀
                oplus ⊕ ominus ⊖ otimes ⊗ oslash ⊘ odot ⊙ diamond ⋄ bigcirc ◯ amalg ⨿ boxplus ⊞ boxtimes ⊠ ltimes ⋉ rtimes ⋊ intercal ⊺ dotplus ∔ circledast ⊛
                """),
            (.relation, """
                leq ≤ le ≤ geq ≥ ge ≥ neq ≠ ne ≠ equiv ≡ approx ≈ cong ≅ sim ∼ simeq ≃ asymp ≍ doteq ≐ propto ∝ varpropto ∝ ll ≪ gg ≫ prec ≺ succ ≻ preceq ⪯ succeq ⪰ subset ⊂
                supset ⊃ subseteq ⊆ supseteq ⊇ subsetneq ⊊ supsetneq ⊋ sqsubseteq ⊑ sqsupseteq ⊒ in ∈ ni ∋ notin ∉ vdash ⊢ dashv ⊣ models ⊨ vDash ⊨ mid ∣ nmid ∤ parallel ∥
                nparallel ∦ perp ⟂ triangleq ≜ coloneqq ≔ coloneq ≔ eqqcolon ≕ lesssim ≲ gtrsim ≳ leqslant ⩽ geqslant ⩾ nleq ≰ ngeq ≱ nless ≮ ngtr ≯ approxeq ≊ bowtie ⋈
                smile ⌣ frown ⌢ therefore ∴ because ∵ lll ⋘ ggg ⋙ precsim ≾ succsim ≿ subseteqq ⫅ curlyeqprec ⋞ thicksim ∼ thickapprox ≈ between ≬ Vdash ⊩ nsim ≁ ncong ≇
                nsubseteq ⊈ nsupseteq ⊉ trianglelefteq ⊴ trianglerighteq ⊵ eqsim ≂ risingdotseq ≓ fallingdotseq ≒ circeq ≗ bumpeq ≏
                """),
            (.arrow, """
                to → rightarrow → leftarrow ← gets ← leftrightarrow ↔ Rightarrow ⇒ Leftarrow ⇐ Leftrightarrow ⇔ implies ⟹ impliedby ⟸ iff ⟺ mapsto ↦ longmapsto ⟼
                longrightarrow ⟶ longleftarrow ⟵ longleftrightarrow ⟷ Longrightarrow ⟹ Longleftarrow ⟸ Longleftrightarrow ⟺ hookrightarrow ↪ hookleftarrow ↩
                rightharpoonup ⇀ rightharpoondown ⇁ leftharpoonup ↼ leftharpoondown ↽ rightleftharpoons ⇌ uparrow ↑ downarrow ↓ updownarrow ↕ Uparrow ⇑ Downarrow ⇓
                Updownarrow ⇕ nearrow ↗ searrow ↘ swarrow ↙ nwarrow ↖ leadsto ⇝ rightsquigarrow ⇝ twoheadrightarrow ↠ rightarrowtail ↣ nrightarrow ↛ nleftarrow ↚
                circlearrowleft ↺ circlearrowright ↻ rightrightarrows ⇉ upuparrows ⇈ downdownarrows ⇊ curvearrowright ↷ curvearrowleft ↶ dashrightarrow ⇢ multimap ⊸ nRightarrow ⇏
                """),
            (.large, """
                sum ∑ prod ∏ coprod ∐ bigcup ⋃ bigcap ⋂ bigvee ⋁ bigwedge ⋀ bigoplus ⨁ bigotimes ⨂ bigodot ⨀ biguplus ⨄ bigsqcup ⨆
                """),
            (.integral, "int ∫ iint ∬ iiint ∭ oint ∮ smallint ∫"),
            (.open, "lbrace { { { langle ⟨ lfloor ⌊ lceil ⌈ lvert | lVert ‖ lbrack [ lparen ( llbracket ⟦ lgroup ⟮"),
            (.close, "rbrace } } } rangle ⟩ rfloor ⌋ rceil ⌉ rvert | rVert ‖ rbrack ] rparen ) rrbracket ⟧ rgroup ⟯"),
            (.fence, "| ‖ Vert ‖ vert |"),
            (.punctuation, "colon : ldotp . cdotp ⋅"),
            (.ordinary, """
                ldots … dots … dotsc … dotso … cdots ⋯ dotsb ⋯ dotsm ⋯ dotsi ⋯ vdots ⋮ ddots ⋱ hdots … mathellipsis … # # % % & & $ $ _ _ backslash \\
                """),
        ]
        var symbols: [String: TeXSymbol] = [:]
        for (kind, text) in kinds { for (name, character) in pairs(text) { symbols[name] = TeXSymbol(text: character, kind: kind) } }
        return symbols
    }()

    private static let typedSymbols: [String: TeXSymbol] = {
        var typed: [String: TeXSymbol] = [:]
        for name in symbols.keys.sorted() { if let symbol = symbols[name], !(symbol.text.utf8.count == 1) { typed[symbol.text] = typed[symbol.text] ?? symbol } }
        return typed
    }()

    private static let names: [String: String] = {
        let plain = "arccos arcsin arctan arg cos cosh cot coth csc deg det dim exp gcd hom inf ker lg lim ln log max min Pr sec sin sinh sup tan tanh"
        var names: [String: String] = [:]
        for name in plain.split(separator: " ") { names[String(name)] = String(name) }
        names["liminf"] = "lim\u{A0}inf"
        names["limsup"] = "lim\u{A0}sup"
        // Of common packages.
        names["argmin"] = "arg\u{A0}min"
        names["argmax"] = "arg\u{A0}max"
        return names
    }()

    private static let limitNames: Set<String> = ["det", "gcd", "inf", "lim", "liminf", "limsup", "max", "min", "Pr", "sup", "argmin", "argmax"]

    private static let accents: [String: (text: String, isStretchy: Bool, isBelow: Bool)] = [
        "hat": ("ˆ", false, false), "widehat": ("ˆ", true, false), "bar": ("¯", false, false), "overline": ("¯", true, false), "tilde": ("˜", false, false),
        "widetilde": ("˜", true, false), "vec": ("→", false, false), "overrightarrow": ("→", true, false), "overleftarrow": ("←", true, false), "dot": ("˙", false, false),
        "ddot": ("¨", false, false), "check": ("ˇ", false, false), "breve": ("˘", false, false), "acute": ("´", false, false), "grave": ("`", false, false),
        "mathring": ("˚", false, false), "underline": ("_", true, true), "overbrace": ("⏞", true, false), "underbrace": ("⏟", true, true),
        "underbar": ("_", false, true), "overleftrightarrow": ("↔", true, false), "underrightarrow": ("→", true, true), "underleftarrow": ("←", true, true),
    ]

    private static let delimiters: [String: String] = {
        var delimiters: [String: String] = [:]
        for (name, symbol) in symbols where [.open, .close, .fence].contains(symbol.kind) { delimiters[name] = symbol.text }
        for name in ["uparrow", "downarrow", "updownarrow", "Uparrow", "Downarrow", "Updownarrow", "backslash", "mid", "parallel"] { delimiters[name] = symbols[name]?.text }
        return delimiters
    }()

    private static let negations: [String: String] = Dictionary(
        pairs("= ≠ ∈ ∉ ∋ ∌ < ≮ > ≯ ≤ ≰ ≥ ≱ ≡ ≢ ∼ ≁ ≃ ≄ ≅ ≇ ≈ ≉ ⊂ ⊄ ⊃ ⊅ ⊆ ⊈ ⊇ ⊉ ∣ ∤ ∥ ∦ ≺ ⊀ ≻ ⊁ ⊢ ⊬ ⊨ ⊭ ∃ ∄ → ↛ ← ↚ ⇒ ⇏ ⇐ ⇍ ⇔ ⇎"), uniquingKeysWith: { first, _ in first })
}
