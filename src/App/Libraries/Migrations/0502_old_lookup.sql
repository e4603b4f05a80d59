-- Look-ups that say the kind of provider only, and one day go altogether (T-D1). Inserting one costs nothing more: a new look-up has its provider.
create index lib_lookup_reduced on lib_lookup(at_ms) where provider is null;
