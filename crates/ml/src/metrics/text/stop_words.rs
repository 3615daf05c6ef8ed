//! The words of English that say little by themselves.

/// Articles, pronouns, prepositions, conjunctions, auxiliaries and the like.
const ENGLISH: &str = "\
    a an the this that these those \
    i me my mine myself we us our ours ourselves you your yours yourself yourselves \
    he him his himself she her hers herself it its itself they them their theirs themselves \
    who whom whose which what one ones somebody someone something anybody anyone anything \
    nobody none nothing everybody everyone everything \
    am is are was were be been being do does did doing done have has had having \
    can could may might must shall should will would ought \
    don didn doesn isn aren wasn weren hasn haven hadn won wouldn couldn shouldn mustn needn ll ve re \
    and or but nor so yet if then else than because as until while although though whether unless \
    of at by for with without within about against between among into onto through throughout \
    during before after above below to from up down in out on off over under upon toward towards \
    across along around behind beside besides beyond near since per via \
    again further once here there when where why how now always never often also just only even \
    ever still already perhaps rather quite very too much more most many few fewer less least \
    all any both each either neither every several some such other others another same own \
    no not cannot however therefore thus hence moreover otherwise indeed meanwhile";

/// Words of English that say little by themselves, such as "the" and "of", to be left out
/// when words are counted. (The list is our own; scikit-learn's "english" is another one.)
///
/// ```
/// use ferrite_ml::{CountVectorizer, MlError, Transformer, text};
/// use polars::df;
///
/// let words = CountVectorizer::new().stop_words(text::english_stop_words());
/// let counted = words.fit_transform(&df!["t" => ["the cat is on the mat"]]?)?;
/// assert_eq!(counted.get_column_names(), ["t_cat", "t_mat"]);
/// # Ok::<(), MlError>(())
/// ```
pub fn english_stop_words() -> Vec<&'static str> {
    ENGLISH.split_whitespace().collect()
}
