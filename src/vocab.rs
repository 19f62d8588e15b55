//! The closed vocabularies that notes, knowledge and reports share.
//!
//! Each is an enum whose YAML and JSON spelling is its kebab-case name; an unknown value is an error with a place.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

macro_rules! vocabulary {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        pub enum $name { $($(#[$vmeta])* #[serde(rename = $text)] $variant),+ }
        impl $name {
            /// Every value, in the order of definition.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];
            /// The name used in YAML and JSON.
            pub const fn as_str(self) -> &'static str { match self { $($name::$variant => $text),+ } }
            /// The value of that name, if there is one.
            pub fn parse(text: &str) -> Option<$name> { match text { $($text => Some($name::$variant),)+ _ => None } }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.as_str()) }
        }
    };
}

vocabulary! {
    /// Whether a finding is said to be there: "neck pain" is present, "denies neck pain" absent.
    Polarity { /// Said to be there.
        Present = "present", /// Said not to be there.
        Absent = "absent" }
}
vocabulary! {
    /// How sure the writer is: "probable C6 radiculopathy", "return if weakness develops" (hypothetical).
    Certainty { /// Stated without hedge.
        Definite = "definite", /// "probable", "likely", "consistent with".
        Probable = "probable", /// "possible", "rule out", "versus", "?".
        Possible = "possible", /// Conditional, precaution, education: it is not said of now.
        Hypothetical = "hypothetical" }
}
vocabulary! {
    /// When: "history of neck pain, resolved" is historical, "if it recurs" future.
    Time { /// Now, or ongoing.
        Current = "current", /// Past and not said to go on.
        Historical = "historical", /// Not yet.
        Future = "future" }
}
vocabulary! {
    /// Whose finding it is: "mother has cervical stenosis" is family.
    Subject { /// The patient.
        Patient = "patient", /// A relative.
        Family = "family", /// Any other person (a donor, a caller, another passenger).
        Other = "other" }
}
vocabulary! {
    /// What a part of a note is for. Closed; see the report contract.
    SectionKind {
        /// Before the first heading.
        Preamble = "preamble",
        /// Why the patient came.
        ChiefComplaint = "chief-complaint",
        /// History of present illness, subjective, interval history.
        Hpi = "hpi",
        /// Past medical or surgical history.
        History = "history",
        /// Relatives' history.
        FamilyHistory = "family-history",
        /// Social history.
        SocialHistory = "social-history",
        /// Review of systems.
        Ros = "ros",
        /// Medications.
        Medications = "medications",
        /// Allergies.
        Allergies = "allergies",
        /// Vital signs.
        Vitals = "vitals",
        /// Physical examination, objective.
        Exam = "exam",
        /// Laboratory and other results.
        Results = "results",
        /// Imaging reports quoted in the note, findings of a study.
        Imaging = "imaging",
        /// A carried list of problems.
        ProblemList = "problem-list",
        /// Reason for a study or operation.
        Indications = "indications",
        /// What was done.
        Procedure = "procedure",
        /// The course of a stay or visit.
        HospitalCourse = "hospital-course",
        /// Assessment.
        Assessment = "assessment",
        /// Assessment and plan in one.
        AssessmentAndPlan = "assessment-and-plan",
        /// Impression.
        Impression = "impression",
        /// A list of diagnoses (admission, discharge, final, pre- and postoperative…).
        Diagnosis = "diagnosis",
        /// Conclusion of a report.
        Conclusion = "conclusion",
        /// Plan, recommendations, disposition.
        Plan = "plan",
        /// Instructions, precautions, education for the patient.
        Instructions = "instructions",
        /// Text added later.
        Addendum = "addendum",
        /// Header-shaped, of no known kind.
        Unknown = "unknown",
    }
}
vocabulary! {
    /// The properties a finding can have.
    AttributeKey {
        /// acute, subacute, chronic, acute-on-chronic.
        Acuity = "acuity",
        /// How long, in days.
        Duration = "duration",
        /// How long ago it began, in days before the service date.
        Onset = "onset",
        /// mild, moderate, severe.
        Severity = "severity",
        /// A number on a pain scale.
        PainScore = "pain-score",
        /// left, right, bilateral, midline.
        Laterality = "laterality",
        /// Disc level ("C5-C6") or root ("C6").
        Level = "level",
        /// Part of the spine or body.
        Region = "region",
        /// Where pain goes.
        Radiation = "radiation",
        /// What it is due to.
        Cause = "cause",
        /// worsening, improving, stable, intermittent, constant, recurrent.
        Course = "course",
        /// Phase of care of an injury: active, routine, sequela.
        Phase = "phase",
    }
}
vocabulary! {
    /// Where care was given; it decides how uncertain diagnoses are coded.
    Setting { /// Office, emergency department, observation, same-day surgery.
        Outpatient = "outpatient", /// Admitted.
        Inpatient = "inpatient" }
}
vocabulary! {
    /// Who wrote the note; only the provider's words make a diagnosis.
    AuthorRole { /// Physician, NP, PA, DC: legally accountable for the diagnosis.
        Provider = "provider", /// PT, OT, athletic trainer, massage.
        Therapist = "therapist", /// RN, LPN, MA, technician.
        Nurse = "nurse", /// Interprets images.
        Radiologist = "radiologist" }
}
vocabulary! {
    /// The phase of care of an injury; it chooses the seventh character.
    Phase { /// Active treatment (A).
        Active = "active", /// Routine care during healing or recovery (D).
        Routine = "routine", /// A residual effect after healing (S).
        Sequela = "sequela" }
}
vocabulary! {
    /// How far a suggested code may be relied on.
    Status { /// Documented well enough to assign.
        Supported = "supported", /// A candidate that a coder must confirm.
        Review = "review" }
}
vocabulary! {
    /// What a suggested code rests on.
    Basis { /// Every axis of the code is in the words.
        Documented = "documented", /// A convention links two documented conditions.
        Assumed = "assumed", /// An unspecified axis was filled by the unspecified form.
        Default = "default" }
}
vocabulary! {
    /// Why a tempting code is not suggested. Closed; see the report contract.
    Reason {
        /// Said not to be there.
        Negated = "negated",
        /// Hedged, outpatient.
        Uncertain = "uncertain",
        /// Past, not current.
        Historical = "historical",
        /// Past by a resolution cue.
        Resolved = "resolved",
        /// Another person's.
        Family = "family",
        /// Conditional, precaution, plan, education.
        Hypothetical = "hypothetical",
        /// A symptom routinely part of a coded condition.
        Integral = "integral",
        /// Barred by an Excludes1 note beside a coded condition.
        Excludes1 = "excludes1",
        /// The block note "current injury", which carries no code.
        CurrentInjury = "current-injury",
        /// Outside the assessment and incidental.
        NotAssessed = "not-assessed",
        /// Stands only in a report or results block.
        ImagingOnly = "imaging-only",
        /// Words near it, but the documentation does not state it.
        NotDocumented = "not-documented",
        /// Typed in the note and not valid.
        InvalidCode = "invalid-code",
        /// Replaced by a more specific or combination code.
        Superseded = "superseded",
    }
}
vocabulary! {
    /// What a documentation flag is for.
    FlagSeverity { /// The code cannot be finalised.
        Block = "block", /// An unspecified code results.
        Specificity = "specificity", /// Payer evidence.
        MedicalNecessity = "medical-necessity", /// No effect on a code.
        Info = "info", /// For the clinician at once, not a coding query.
        Safety = "safety" }
}
vocabulary! {
    /// What an evidence span is in the argument for a code.
    EvidenceRole { /// The words that name the condition.
        Mention = "mention", /// A level, duration, side…
        Attribute = "attribute", /// The words that negate, hedge, date or attribute it.
        Cue = "cue", /// The words that link two findings.
        Link = "link", /// The heading under which it stands.
        Section = "section" }
}
vocabulary! {
    /// What kind of thing a lexicon concept is.
    ConceptKind {
        /// A complaint: neck pain, stiffness, numbness.
        Symptom = "symptom",
        /// A named condition.
        Diagnosis = "diagnosis",
        /// Something found on examination or in a study: Spurling, hyperreflexia, osteophyte.
        Sign = "sign",
        /// Something done or planned: fusion, injection, physical therapy.
        Procedure = "procedure",
        /// A state after something: fusion status.
        Status = "status",
        /// How an injury came about.
        Mechanism = "mechanism",
        /// Why the patient came: pain management, follow-up.
        Visit = "visit",
        /// Looks like one of ours and is not: femoral neck, uterine cervix.
        Confuser = "confuser",
        /// Anything else a rule wants to know: stress, a psychological factor, a role.
        Circumstance = "circumstance",
    }
}
