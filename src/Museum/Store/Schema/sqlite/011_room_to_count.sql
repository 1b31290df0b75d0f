-- PostgreSQL alone leaves room beside the rows of its hourly tables; the number keeps the two schemas in step.
select 1;
