-- The search of the operation log (S0-1022c) by time, action, actor and subject; newest first, each leaf goes on after the last row of the one before.
create index log_operation_time on log_operation(time_ms, id);
create index log_operation_action on log_operation(action, time_ms, id);
create index log_operation_actor on log_operation(actor, time_ms, id);
create index log_operation_about on log_operation(subject, time_ms, id) where subject is not null;
create index log_operation_about_citizen on log_operation(citizen, time_ms, id) where citizen is not null;
