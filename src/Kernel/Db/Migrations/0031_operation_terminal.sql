-- What happened at a terminal, newest first: an office's search goes by its people and its terminals.
create index log_operation_terminal on log_operation(terminal, time_ms, id) where terminal is not null;
