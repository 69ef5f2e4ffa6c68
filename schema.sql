--
-- PostgreSQL database dump
--

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET transaction_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: guard_journal_entries(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.guard_journal_entries() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  if tg_op = 'DELETE' and exists (
    select from journals j where j.organization = old.organization and old.number <= j.dropped)
  then
    return old;
  end if;
  raise exception 'entries of a journal are neither changed nor deleted';
end $$;

--
-- Name: guard_journals(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.guard_journals() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  if tg_op = 'UPDATE' and new.organization = old.organization
    and new.entries >= old.entries and new.dropped >= old.dropped
    and (new.entries = old.entries and new.hash = old.hash or exists (
      select from journal_entries e
      where e.organization = new.organization and e.number = new.entries and e.hash = new.hash))
    and (new.dropped = old.dropped and new.dropped_hash = old.dropped_hash or exists (
      select from journal_entries e
      where e.organization = new.organization and e.number = new.dropped and e.hash = new.dropped_hash))
  then
    return new;
  end if;
  raise exception 'a journal only grows, and is dropped from its beginning';
end $$;

SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: accounts; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.accounts (
    publisher integer NOT NULL,
    currency text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT accounts_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text))
);

--
-- Name: api_keys; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.api_keys (
    id text NOT NULL,
    organization integer NOT NULL,
    name text NOT NULL,
    hash bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    last_four text,
    created_by text,
    expires_at timestamp with time zone,
    replaced_by text,
    last_used_at timestamp with time zone,
    CONSTRAINT api_keys_hash_check CHECK ((octet_length(hash) = 32)),
    CONSTRAINT api_keys_id_check CHECK ((id ~ '^key-[0-9a-f]{16}$'::text)),
    CONSTRAINT api_keys_last_four_check CHECK ((length(last_four) = 4)),
    CONSTRAINT api_keys_name_check CHECK (((length(name) >= 1) AND (length(name) <= 255))),
    CONSTRAINT api_keys_replaced_by_check CHECK ((replaced_by ~ '^key-[0-9a-f]{16}$'::text))
);

--
-- Name: attempts; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.attempts (
    id text NOT NULL,
    endpoint integer NOT NULL,
    subject uuid NOT NULL,
    sequence integer NOT NULL,
    at timestamp with time zone NOT NULL,
    number integer NOT NULL,
    outcome text NOT NULL,
    status integer,
    error text,
    duration_ms integer NOT NULL,
    replay text,
    blob bytea,
    CONSTRAINT attempts_duration_ms_check CHECK ((duration_ms >= 0)),
    CONSTRAINT attempts_id_check CHECK ((id ~ '^attempt-[0-9a-f]{16}$'::text)),
    CONSTRAINT attempts_number_check CHECK ((number >= 0)),
    CONSTRAINT attempts_outcome_check CHECK ((outcome = ANY (ARRAY['acknowledged'::text, 'refused'::text, 'failed'::text, 'expired'::text])))
)
PARTITION BY RANGE (at);

--
-- Name: catalog_versions; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.catalog_versions (
    id boolean DEFAULT true NOT NULL,
    version integer NOT NULL,
    CONSTRAINT catalog_versions_id_check CHECK (id)
);

--
-- Name: challenges; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.challenges (
    hash bytea NOT NULL,
    purpose text NOT NULL,
    person integer,
    nonce text,
    tries integer DEFAULT 0 NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT challenges_hash_check CHECK ((octet_length(hash) = 32)),
    CONSTRAINT challenges_purpose_check CHECK ((purpose = ANY (ARRAY['set-up'::text, 'reset'::text, 'second-factor'::text, 'passkey'::text, 'enrol-passkey'::text])))
);

--
-- Name: chores; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.chores (
    name text NOT NULL,
    due_at timestamp with time zone NOT NULL
);

--
-- Name: clicks; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.clicks (
    id uuid NOT NULL,
    publisher integer NOT NULL,
    merchant integer NOT NULL,
    customer uuid,
    blob bytea NOT NULL,
    at timestamp with time zone NOT NULL
);

--
-- Name: customers; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.customers (
    id uuid NOT NULL,
    identities uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    is_guest boolean DEFAULT false NOT NULL,
    blob bytea DEFAULT '\x'::bytea NOT NULL,
    version integer DEFAULT 0 NOT NULL,
    purchase_order uuid,
    purchased_at timestamp with time zone,
    event_sequence integer DEFAULT 0 NOT NULL,
    created_at timestamp with time zone,
    modified_at timestamp with time zone,
    erased_at timestamp with time zone,
    imports uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    purchase_import uuid,
    named_in uuid,
    late_identities jsonb,
    CONSTRAINT customers_erased CHECK (((erased_at IS NULL) OR ((identities = '{}'::uuid[]) AND (blob = '\x'::bytea) AND (purchased_at IS NULL) AND (imports = '{}'::uuid[])))),
    CONSTRAINT customers_purchase CHECK ((num_nonnulls(purchase_order, purchase_import) = num_nonnulls(purchased_at)))
)
WITH (fillfactor='85');

--
-- Name: directory_versions; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.directory_versions (
    id boolean DEFAULT true NOT NULL,
    version integer NOT NULL,
    CONSTRAINT directory_versions_id_check CHECK (id)
);

--
-- Name: endpoints; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.endpoints (
    id text NOT NULL,
    number integer NOT NULL,
    organization integer NOT NULL,
    blob bytea NOT NULL,
    paused_at timestamp with time zone,
    paused_reason text,
    resumed_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    modified_at timestamp with time zone NOT NULL,
    batch_size integer DEFAULT 1 NOT NULL,
    subject uuid NOT NULL,
    pauses integer DEFAULT 0 NOT NULL,
    paused_by text,
    paused_failing integer,
    paused_attempted integer,
    paused_status integer,
    paused_error text,
    alert_due_at timestamp with time zone,
    CONSTRAINT endpoints_batch_size_check CHECK (((batch_size >= 1) AND (batch_size <= 500))),
    CONSTRAINT endpoints_check CHECK (((paused_at IS NULL) = (paused_reason IS NULL))),
    CONSTRAINT endpoints_check1 CHECK (((alert_due_at IS NULL) OR (paused_at IS NOT NULL))),
    CONSTRAINT endpoints_id_check CHECK ((id ~ '^endpoint-[0-9a-f]{16}$'::text)),
    CONSTRAINT endpoints_paused_reason_check CHECK ((paused_reason = ANY (ARRAY['by-hand'::text, 'failures'::text, 'gone'::text])))
);

--
-- Name: endpoints_number_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.endpoints ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.endpoints_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: events; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.events (
    subject uuid NOT NULL,
    sequence integer NOT NULL,
    at timestamp with time zone NOT NULL,
    id text NOT NULL,
    organization integer NOT NULL,
    type text NOT NULL,
    merchant integer,
    previous text,
    current text,
    cause text,
    period integer,
    blob bytea,
    tx xid8,
    CONSTRAINT events_id_check CHECK ((id ~ '^hook-[0-9a-f]{16}$'::text)),
    CONSTRAINT events_sequence_check CHECK ((sequence > 0))
)
PARTITION BY RANGE (at);

--
-- Name: evidence_withdrawals; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.evidence_withdrawals (
    order_key uuid NOT NULL,
    merchant integer NOT NULL,
    publisher integer NOT NULL,
    transaction uuid NOT NULL,
    counted boolean NOT NULL,
    cause text NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT evidence_withdrawals_cause_check CHECK ((cause = ANY (ARRAY['order'::text, 'order-deleted'::text, 'import'::text, 'customer'::text, 'erasure'::text])))
);

--
-- Name: factors; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.factors (
    id text NOT NULL,
    person integer NOT NULL,
    kind text NOT NULL,
    blob bytea NOT NULL,
    credential bytea,
    last_step bigint,
    signatures bigint,
    created_at timestamp with time zone NOT NULL,
    confirmed_at timestamp with time zone,
    used_at timestamp with time zone,
    CONSTRAINT factors_check CHECK (((kind = 'passkey'::text) = (credential IS NOT NULL))),
    CONSTRAINT factors_credential_check CHECK ((octet_length(credential) = 32)),
    CONSTRAINT factors_id_check CHECK ((id ~ '^factor-[0-9a-f]{16}$'::text)),
    CONSTRAINT factors_kind_check CHECK ((kind = ANY (ARRAY['totp'::text, 'passkey'::text])))
);

--
-- Name: guess_counts; Type: TABLE; Schema: public; Owner: -
--

CREATE UNLOGGED TABLE public.guess_counts (
    key bytea NOT NULL,
    count bigint NOT NULL,
    last_at timestamp with time zone NOT NULL,
    kept_ms bigint NOT NULL
)
WITH (fillfactor='50');

--
-- Name: identities; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.identities (
    id uuid NOT NULL,
    holders uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    buyers uuid[] DEFAULT '{}'::uuid[] NOT NULL
)
WITH (fillfactor='70');

--
-- Name: import_batch_results; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.import_batch_results (
    import uuid NOT NULL,
    number integer NOT NULL,
    rows integer NOT NULL,
    created integer NOT NULL,
    updated integer NOT NULL,
    unchanged integer NOT NULL,
    rejected integer NOT NULL,
    customers uuid[] NOT NULL,
    at timestamp with time zone NOT NULL,
    swept uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    CONSTRAINT import_batch_results_check CHECK (((((created + updated) + unchanged) + rejected) = rows))
);

--
-- Name: import_batches; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.import_batches (
    import uuid NOT NULL,
    number integer NOT NULL,
    rows integer NOT NULL,
    rejected integer NOT NULL,
    blob bytea NOT NULL,
    CONSTRAINT import_batches_check CHECK (((rejected >= 0) AND (rejected <= rows))),
    CONSTRAINT import_batches_number_check CHECK ((number >= 0)),
    CONSTRAINT import_batches_rows_check CHECK ((rows >= 0))
);
ALTER TABLE ONLY public.import_batches ALTER COLUMN blob SET STORAGE EXTERNAL;

--
-- Name: import_rejects; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.import_rejects (
    import uuid NOT NULL,
    number integer NOT NULL,
    step integer NOT NULL,
    blob bytea NOT NULL,
    CONSTRAINT import_rejects_step_check CHECK ((step = ANY (ARRAY[0, 1])))
);
ALTER TABLE ONLY public.import_rejects ALTER COLUMN blob SET STORAGE EXTERNAL;

--
-- Name: import_removals; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.import_removals (
    import uuid NOT NULL,
    taken_by uuid NOT NULL,
    customer uuid NOT NULL,
    blob bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    is_overruled boolean DEFAULT false NOT NULL
);
ALTER TABLE ONLY public.import_removals ALTER COLUMN blob SET STORAGE EXTERNAL;

--
-- Name: imports; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.imports (
    key uuid NOT NULL,
    organization integer NOT NULL,
    state text NOT NULL,
    kind text,
    mode text NOT NULL,
    quiet boolean NOT NULL,
    starts_at_once boolean NOT NULL,
    repeat_key uuid,
    blob bytea,
    received_bytes bigint DEFAULT 0 NOT NULL,
    total_rows bigint DEFAULT 0 NOT NULL,
    batches integer DEFAULT 0 NOT NULL,
    preview jsonb,
    written_batches integer DEFAULT 0 NOT NULL,
    rows bigint DEFAULT 0 NOT NULL,
    created bigint DEFAULT 0 NOT NULL,
    updated bigint DEFAULT 0 NOT NULL,
    unchanged bigint DEFAULT 0 NOT NULL,
    rejected bigint DEFAULT 0 NOT NULL,
    rows_per_second real,
    swept_import uuid,
    swept_batch integer DEFAULT 0 NOT NULL,
    removed bigint DEFAULT 0 NOT NULL,
    undone bigint DEFAULT 0 NOT NULL,
    error jsonb,
    token uuid,
    lease_until timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    ended_at timestamp with time zone,
    modified_at timestamp with time zone NOT NULL,
    confirmed bigint,
    is_cleared boolean DEFAULT false NOT NULL,
    restored bigint DEFAULT 0 NOT NULL,
    replaced_by uuid,
    CONSTRAINT imports_check CHECK (((((created + updated) + unchanged) + rejected) = rows)),
    CONSTRAINT imports_check1 CHECK (((written_batches <= batches) AND (rows <= total_rows))),
    CONSTRAINT imports_kind_check CHECK ((kind = ANY (ARRAY['purchasers'::text, 'accounts'::text]))),
    CONSTRAINT imports_mode_check CHECK ((mode = ANY (ARRAY['merge'::text, 'replace'::text]))),
    CONSTRAINT imports_received_bytes_check CHECK ((received_bytes >= 0)),
    CONSTRAINT imports_state_check CHECK ((state = ANY (ARRAY['receiving'::text, 'checking'::text, 'ready'::text, 'waiting'::text, 'running'::text, 'finished'::text, 'refused'::text, 'cancelled'::text, 'undoing'::text, 'undone'::text])))
);

--
-- Name: invitations; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.invitations (
    id text NOT NULL,
    hash bytea NOT NULL,
    organization integer,
    email uuid NOT NULL,
    blob bytea NOT NULL,
    permissions text[] NOT NULL,
    created_by text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    accepted_at timestamp with time zone,
    CONSTRAINT invitations_check CHECK (((organization IS NOT NULL) OR (permissions = '{}'::text[]))),
    CONSTRAINT invitations_hash_check CHECK ((octet_length(hash) = 32)),
    CONSTRAINT invitations_id_check CHECK ((id ~ '^invitation-[0-9a-f]{16}$'::text)),
    CONSTRAINT invitations_permissions_check CHECK ((permissions <@ ARRAY['people'::text, 'technical'::text, 'commercial'::text, 'customers'::text]))
);

--
-- Name: journal_entries; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.journal_entries (
    organization integer NOT NULL,
    number integer NOT NULL,
    id text NOT NULL,
    at timestamp with time zone NOT NULL,
    actor text,
    action text NOT NULL,
    object text,
    outcome text NOT NULL,
    address text,
    request text,
    before json,
    after json,
    hash bytea NOT NULL,
    CONSTRAINT journal_entries_action_check CHECK ((action ~ '^[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*$'::text)),
    CONSTRAINT journal_entries_check CHECK ((concat(actor, object, address, request) !~ '[[:cntrl:]]'::text)),
    CONSTRAINT journal_entries_check1 CHECK ((strpos(concat((before)::text, (after)::text), chr(10)) = 0)),
    CONSTRAINT journal_entries_check2 CHECK ((octet_length(concat((before)::text, (after)::text)) <= 524288)),
    CONSTRAINT journal_entries_hash_check CHECK ((octet_length(hash) = 32)),
    CONSTRAINT journal_entries_id_check CHECK ((id ~ '^entry-[0-9a-f]{16}$'::text)),
    CONSTRAINT journal_entries_number_check CHECK ((number > 0)),
    CONSTRAINT journal_entries_outcome_check CHECK ((outcome = ANY (ARRAY['done'::text, 'refused'::text])))
);

--
-- Name: journals; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.journals (
    organization integer NOT NULL,
    entries integer DEFAULT 0 NOT NULL,
    hash bytea DEFAULT decode(repeat('00'::text, 32), 'hex'::text) NOT NULL,
    last_at timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    dropped integer DEFAULT 0 NOT NULL,
    dropped_hash bytea DEFAULT decode(repeat('00'::text, 32), 'hex'::text) NOT NULL,
    CONSTRAINT journals_check CHECK (((dropped >= 0) AND (dropped <= entries))),
    CONSTRAINT journals_dropped_hash_check CHECK ((octet_length(dropped_hash) = 32)),
    CONSTRAINT journals_hash_check CHECK ((octet_length(hash) = 32)),
    CONSTRAINT journals_organization_check CHECK ((organization >= 0))
);

--
-- Name: kysely_migration; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.kysely_migration (
    name character varying(255) NOT NULL,
    "timestamp" character varying(255) NOT NULL
);

--
-- Name: kysely_migration_lock; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.kysely_migration_lock (
    id character varying(255) NOT NULL,
    is_locked integer DEFAULT 0 NOT NULL
);

--
-- Name: lanes; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.lanes (
    endpoint integer NOT NULL,
    subject uuid NOT NULL,
    acked integer NOT NULL,
    tail integer NOT NULL,
    waiting_since timestamp with time zone NOT NULL,
    due_at timestamp with time zone NOT NULL,
    token uuid,
    attempt integer DEFAULT 0 NOT NULL,
    failing_since timestamp with time zone,
    is_bulk boolean DEFAULT false NOT NULL,
    replay text,
    failed_at timestamp with time zone,
    leased_until timestamp with time zone,
    CONSTRAINT lanes_acked_check CHECK ((acked >= 0)),
    CONSTRAINT lanes_failing CHECK ((((attempt = 0) = (failing_since IS NULL)) AND ((attempt = 0) = (failed_at IS NULL)))),
    CONSTRAINT lanes_leased CHECK (((token IS NULL) = (leased_until IS NULL))),
    CONSTRAINT lanes_waiting CHECK ((acked < tail))
)
WITH (fillfactor='45', autovacuum_vacuum_scale_factor='0.05', autovacuum_vacuum_cost_delay='0');

--
-- Name: last_signs; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.last_signs (
    customer uuid NOT NULL,
    day date NOT NULL
);

--
-- Name: ledger_entries; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.ledger_entries (
    transaction uuid NOT NULL,
    number integer NOT NULL,
    amount bigint NOT NULL,
    cause text NOT NULL,
    at timestamp with time zone NOT NULL,
    order_total bigint,
    line_items_total bigint,
    CONSTRAINT ledger_entries_cause_check CHECK ((cause = ANY (ARRAY['order'::text, 'order-updated'::text, 'order-deleted'::text]))),
    CONSTRAINT ledger_entries_number_check CHECK ((number > 0))
);

--
-- Name: link_hosts; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.link_hosts (
    host text NOT NULL,
    merchant integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT link_hosts_host_check CHECK (((host = lower(host)) AND ((length(host) >= 1) AND (length(host) <= 253))))
);

--
-- Name: looks; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.looks (
    id text NOT NULL,
    organization integer NOT NULL,
    session text NOT NULL,
    reason text NOT NULL,
    begun_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    CONSTRAINT looks_id_check CHECK ((id ~ '^look-[0-9a-f]{16}$'::text)),
    CONSTRAINT looks_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 500)))
);

--
-- Name: members; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.members (
    organization integer NOT NULL,
    person integer NOT NULL,
    permissions text[] NOT NULL,
    created_at timestamp with time zone NOT NULL,
    modified_at timestamp with time zone NOT NULL,
    CONSTRAINT members_permissions_check CHECK ((permissions <@ ARRAY['people'::text, 'technical'::text, 'commercial'::text, 'customers'::text]))
);

--
-- Name: memberships; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.memberships (
    customer uuid NOT NULL,
    id uuid NOT NULL,
    merchant integer NOT NULL,
    entered_at timestamp with time zone NOT NULL,
    entered_by text NOT NULL,
    left_at timestamp with time zone,
    left_by text,
    CONSTRAINT memberships_check CHECK (((left_at IS NULL) = (left_by IS NULL)))
);

--
-- Name: merchant_accounts; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.merchant_accounts (
    merchant integer NOT NULL,
    publisher integer NOT NULL,
    currency text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT merchant_accounts_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text))
);

--
-- Name: minute_counts; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.minute_counts (
    endpoint integer NOT NULL,
    minute timestamp with time zone NOT NULL,
    first_attempts integer NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    acknowledged integer DEFAULT 0 NOT NULL,
    refused integer DEFAULT 0 NOT NULL,
    failed integer DEFAULT 0 NOT NULL,
    expired integer DEFAULT 0 NOT NULL,
    durations integer[] DEFAULT '{}'::integer[] NOT NULL
);

--
-- Name: orders; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.orders (
    id uuid NOT NULL,
    button_id text NOT NULL,
    merchant integer NOT NULL,
    customer uuid,
    content bytea NOT NULL,
    total bigint NOT NULL,
    currency text NOT NULL,
    btn_ref uuid,
    is_test boolean NOT NULL,
    blob bytea NOT NULL,
    verdict text NOT NULL,
    evidence jsonb,
    version integer DEFAULT 0 NOT NULL,
    purchased_at timestamp with time zone NOT NULL,
    finalize_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone NOT NULL,
    modified_at timestamp with time zone NOT NULL,
    deleted_at timestamp with time zone,
    segment text,
    policy text DEFAULT 'network'::text NOT NULL,
    claim boolean,
    known jsonb,
    quote jsonb,
    transaction uuid,
    decimals smallint,
    listed_at timestamp with time zone,
    counted_at timestamp with time zone,
    evidence_policy text,
    clicked_at timestamp with time zone,
    later_evidence jsonb,
    known_since timestamp with time zone,
    CONSTRAINT orders_button_id_check CHECK ((button_id ~ '^btnorder-[0-9a-f]{16}$'::text)),
    CONSTRAINT orders_check CHECK (((verdict = 'new'::text) OR (evidence IS NOT NULL))),
    CONSTRAINT orders_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT orders_decimals_check CHECK (((decimals >= 0) AND (decimals <= 4))),
    CONSTRAINT orders_evidence_policy_check CHECK ((evidence_policy = ANY (ARRAY['before_click'::text, 'any_time'::text]))),
    CONSTRAINT orders_policy_check CHECK ((policy = ANY (ARRAY['network'::text, 'merchant'::text, 'both_must_agree'::text]))),
    CONSTRAINT orders_segment_check CHECK ((segment = ANY (ARRAY['new'::text, 'active'::text]))),
    CONSTRAINT orders_total_check CHECK (((total >= 0) AND (total <= '9007199254740991'::bigint))),
    CONSTRAINT orders_verdict_check CHECK ((verdict = ANY (ARRAY['new'::text, 'active'::text])))
)
WITH (fillfactor='90');

--
-- Name: organizations; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.organizations (
    id text NOT NULL,
    number integer NOT NULL,
    role text NOT NULL,
    name text NOT NULL,
    segments_on_at timestamp with time zone,
    period integer DEFAULT 0 NOT NULL,
    finalization_days integer DEFAULT 30 NOT NULL,
    requests_per_minute integer DEFAULT 60000 NOT NULL,
    profile jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    verdict_policy text DEFAULT 'network'::text NOT NULL,
    evidence_policy text DEFAULT 'before_click'::text NOT NULL,
    answers_publishers boolean DEFAULT false NOT NULL,
    retention_days integer,
    retention_since timestamp with time zone,
    operator_may_look boolean DEFAULT true NOT NULL,
    CONSTRAINT organizations_check CHECK (((segments_on_at IS NULL) OR (role = 'merchant'::text))),
    CONSTRAINT organizations_check1 CHECK (((NOT answers_publishers) OR (role = 'merchant'::text))),
    CONSTRAINT organizations_evidence_policy_check CHECK ((evidence_policy = ANY (ARRAY['before_click'::text, 'any_time'::text]))),
    CONSTRAINT organizations_finalization_days_check CHECK (((finalization_days >= 0) AND (finalization_days <= 3650))),
    CONSTRAINT organizations_id_check CHECK ((id ~ '^org-[0-9a-f]{16}$'::text)),
    CONSTRAINT organizations_name_check CHECK (((length(name) >= 1) AND (length(name) <= 255))),
    CONSTRAINT organizations_requests_per_minute_check CHECK ((requests_per_minute >= 0)),
    CONSTRAINT organizations_retention CHECK (((retention_days IS NULL) = (retention_since IS NULL))),
    CONSTRAINT organizations_retention_days_check CHECK (((retention_days >= 1) AND (retention_days <= 3650))),
    CONSTRAINT organizations_role_check CHECK ((role = ANY (ARRAY['publisher'::text, 'merchant'::text]))),
    CONSTRAINT organizations_verdict_policy_check CHECK ((verdict_policy = ANY (ARRAY['network'::text, 'merchant'::text, 'both_must_agree'::text])))
);

--
-- Name: organizations_number_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.organizations ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.organizations_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: partnerships; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.partnerships (
    publisher integer NOT NULL,
    merchant integer NOT NULL,
    status text NOT NULL,
    period integer DEFAULT 0 NOT NULL,
    modified_at timestamp with time zone NOT NULL,
    attribution_days integer DEFAULT 30 NOT NULL,
    declined_at timestamp with time zone,
    CONSTRAINT partnerships_attribution_days_check CHECK (((attribution_days >= 1) AND (attribution_days <= 365))),
    CONSTRAINT partnerships_status_check CHECK ((status = ANY (ARRAY['approved'::text, 'pending'::text, 'available'::text])))
);

--
-- Name: people; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.people (
    id text NOT NULL,
    number integer NOT NULL,
    email uuid NOT NULL,
    blob bytea NOT NULL,
    password bytea,
    subject uuid,
    is_operator boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone NOT NULL,
    modified_at timestamp with time zone NOT NULL,
    CONSTRAINT people_id_check CHECK ((id ~ '^person-[0-9a-f]{16}$'::text))
);

--
-- Name: people_number_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.people ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.people_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: quote_uses; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.quote_uses (
    id uuid NOT NULL,
    order_key uuid NOT NULL,
    at timestamp with time zone NOT NULL
);

--
-- Name: rate_card_versions; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.rate_card_versions (
    card text NOT NULL,
    version integer NOT NULL,
    start_at timestamp with time zone NOT NULL,
    end_at timestamp with time zone,
    rates jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT rate_card_versions_check CHECK ((end_at >= start_at)),
    CONSTRAINT rate_card_versions_version_check CHECK ((version > 0))
);

--
-- Name: rate_cards; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.rate_cards (
    id text NOT NULL,
    merchant integer NOT NULL,
    publisher integer,
    name text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT rate_cards_id_check CHECK ((id ~ '^ratecard-[0-9a-f]{16}$'::text)),
    CONSTRAINT rate_cards_name_check CHECK (((length(name) >= 1) AND (length(name) <= 255)))
);

--
-- Name: recovery_codes; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.recovery_codes (
    person integer NOT NULL,
    code uuid NOT NULL
);

--
-- Name: replayed_events; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.replayed_events (
    lane uuid NOT NULL,
    sequence integer NOT NULL,
    replay text NOT NULL,
    endpoint integer NOT NULL,
    subject uuid NOT NULL,
    at timestamp with time zone NOT NULL
);

--
-- Name: replays; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.replays (
    id text NOT NULL,
    endpoint integer NOT NULL,
    event text,
    start_at timestamp with time zone NOT NULL,
    end_at timestamp with time zone NOT NULL,
    state text,
    event_types text[],
    subject uuid,
    gathered_to timestamp with time zone,
    events integer DEFAULT 0 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    cancelled_at timestamp with time zone,
    CONSTRAINT replays_check CHECK ((end_at > start_at)),
    CONSTRAINT replays_id_check CHECK ((id ~ '^replay-[0-9a-f]{16}$'::text)),
    CONSTRAINT replays_state_check CHECK ((state = ANY (ARRAY['acknowledged'::text, 'refused'::text, 'expired'::text])))
);

--
-- Name: report_days; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.report_days (
    organization integer NOT NULL,
    report text NOT NULL,
    day date NOT NULL,
    as_of timestamp with time zone NOT NULL,
    due_at timestamp with time zone,
    counts bytea NOT NULL,
    CONSTRAINT report_days_report_check CHECK ((report = ANY (ARRAY['segments'::text, 'moves'::text, 'commissions'::text])))
);

--
-- Name: report_states; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.report_states (
    organization integer NOT NULL,
    report text NOT NULL,
    as_of timestamp with time zone NOT NULL,
    took_ms integer NOT NULL,
    CONSTRAINT report_states_report_check CHECK ((report = ANY (ARRAY['segments'::text, 'moves'::text, 'commissions'::text])))
);

--
-- Name: retention_runs; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.retention_runs (
    organization integer NOT NULL,
    ran_at timestamp with time zone NOT NULL
);

--
-- Name: segments; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.segments (
    id text NOT NULL,
    merchant integer NOT NULL,
    name text NOT NULL,
    CONSTRAINT segments_id_check CHECK ((id ~ '^segment-[0-9a-f]{16}$'::text)),
    CONSTRAINT segments_name_check CHECK ((name = ANY (ARRAY['new'::text, 'active'::text])))
);

--
-- Name: sessions; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sessions (
    id text NOT NULL,
    hash bytea NOT NULL,
    person integer NOT NULL,
    is_enrolling boolean NOT NULL,
    browser text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone NOT NULL,
    proved_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    CONSTRAINT sessions_browser_check CHECK ((length(browser) <= 100)),
    CONSTRAINT sessions_hash_check CHECK ((octet_length(hash) = 32)),
    CONSTRAINT sessions_id_check CHECK ((id ~ '^session-[0-9a-f]{16}$'::text))
);

--
-- Name: subscriptions; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.subscriptions (
    endpoint integer NOT NULL,
    event_type text NOT NULL,
    since timestamp with time zone NOT NULL,
    merchants integer[],
    causes text[]
);

--
-- Name: transactions; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.transactions (
    id uuid NOT NULL,
    publisher integer NOT NULL,
    merchant integer NOT NULL,
    order_key uuid NOT NULL,
    customer uuid,
    currency text NOT NULL,
    country text,
    segment text,
    rate_card text,
    rate_version integer,
    amount bigint NOT NULL,
    commissions bigint[] NOT NULL,
    blob bytea NOT NULL,
    attributed_at timestamp with time zone NOT NULL,
    finalize_at timestamp with time zone NOT NULL,
    validated_at timestamp with time zone,
    declined_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    modified_at timestamp with time zone NOT NULL,
    entries integer DEFAULT 0 NOT NULL,
    event_sequence integer DEFAULT 0 NOT NULL,
    version integer DEFAULT 0 NOT NULL,
    bases bigint[],
    CONSTRAINT transactions_amount_check CHECK (((amount >= 0) AND (amount <= '9007199254740991'::bigint))),
    CONSTRAINT transactions_check CHECK (((rate_card IS NULL) = (rate_version IS NULL))),
    CONSTRAINT transactions_check1 CHECK (((validated_at IS NULL) OR (declined_at IS NULL))),
    CONSTRAINT transactions_check2 CHECK (((declined_at IS NULL) OR (amount = 0))),
    CONSTRAINT transactions_country_check CHECK ((country ~ '^[A-Z]{2}$'::text)),
    CONSTRAINT transactions_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT transactions_segment_check CHECK ((segment = ANY (ARRAY['new'::text, 'active'::text])))
)
WITH (fillfactor='85');

--
-- Name: vault_checks; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.vault_checks (
    id boolean DEFAULT true NOT NULL,
    check_value bytea NOT NULL,
    CONSTRAINT vault_checks_id_check CHECK (id)
);

--
-- Name: verifications; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.verifications (
    id text NOT NULL,
    state text NOT NULL,
    begun_by text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    lease_until timestamp with time zone NOT NULL,
    names text[] NOT NULL,
    results jsonb DEFAULT '[]'::jsonb NOT NULL,
    CONSTRAINT verifications_check CHECK (((state = 'running'::text) = (ended_at IS NULL))),
    CONSTRAINT verifications_id_check CHECK ((id ~ '^verification-[0-9a-f]{16}$'::text)),
    CONSTRAINT verifications_state_check CHECK ((state = ANY (ARRAY['running'::text, 'finished'::text, 'interrupted'::text])))
);

--
-- Name: window_counts; Type: TABLE; Schema: public; Owner: -
--

CREATE UNLOGGED TABLE public.window_counts (
    key bytea NOT NULL,
    window_number bigint NOT NULL,
    window_ms bigint NOT NULL,
    quota bigint NOT NULL,
    count bigint NOT NULL,
    count_before bigint DEFAULT 0 NOT NULL,
    CONSTRAINT window_counts_quota_check CHECK ((quota > 0)),
    CONSTRAINT window_counts_window_ms_check CHECK ((window_ms > 0))
)
WITH (fillfactor='50');

--
-- Name: accounts accounts_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_pkey PRIMARY KEY (publisher, currency);

--
-- Name: api_keys api_keys_hash_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_hash_key UNIQUE (hash);

--
-- Name: api_keys api_keys_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_pkey PRIMARY KEY (id);

--
-- Name: attempts attempts_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.attempts
    ADD CONSTRAINT attempts_pkey PRIMARY KEY (endpoint, subject, sequence, number, at);

--
-- Name: catalog_versions catalog_versions_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.catalog_versions
    ADD CONSTRAINT catalog_versions_pkey PRIMARY KEY (id);

--
-- Name: challenges challenges_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.challenges
    ADD CONSTRAINT challenges_pkey PRIMARY KEY (hash);

--
-- Name: chores chores_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.chores
    ADD CONSTRAINT chores_pkey PRIMARY KEY (name);

--
-- Name: clicks clicks_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.clicks
    ADD CONSTRAINT clicks_pkey PRIMARY KEY (id);

--
-- Name: customers customers_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.customers
    ADD CONSTRAINT customers_pkey PRIMARY KEY (id);

--
-- Name: directory_versions directory_versions_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.directory_versions
    ADD CONSTRAINT directory_versions_pkey PRIMARY KEY (id);

--
-- Name: endpoints endpoints_number_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.endpoints
    ADD CONSTRAINT endpoints_number_key UNIQUE (number);

--
-- Name: endpoints endpoints_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.endpoints
    ADD CONSTRAINT endpoints_pkey PRIMARY KEY (id);

--
-- Name: events events_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_pkey PRIMARY KEY (subject, sequence, at);

--
-- Name: evidence_withdrawals evidence_withdrawals_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.evidence_withdrawals
    ADD CONSTRAINT evidence_withdrawals_pkey PRIMARY KEY (order_key);

--
-- Name: factors factors_credential_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.factors
    ADD CONSTRAINT factors_credential_key UNIQUE (credential);

--
-- Name: factors factors_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.factors
    ADD CONSTRAINT factors_pkey PRIMARY KEY (id);

--
-- Name: guess_counts guess_counts_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.guess_counts
    ADD CONSTRAINT guess_counts_pkey PRIMARY KEY (key);

--
-- Name: identities identities_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.identities
    ADD CONSTRAINT identities_pkey PRIMARY KEY (id);

--
-- Name: import_batch_results import_batch_results_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.import_batch_results
    ADD CONSTRAINT import_batch_results_pkey PRIMARY KEY (import, number);

--
-- Name: import_batches import_batches_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.import_batches
    ADD CONSTRAINT import_batches_pkey PRIMARY KEY (import, number);

--
-- Name: import_rejects import_rejects_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.import_rejects
    ADD CONSTRAINT import_rejects_pkey PRIMARY KEY (import, number, step);

--
-- Name: import_removals import_removals_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.import_removals
    ADD CONSTRAINT import_removals_pkey PRIMARY KEY (import, customer, taken_by);

--
-- Name: imports imports_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.imports
    ADD CONSTRAINT imports_pkey PRIMARY KEY (key);

--
-- Name: invitations invitations_hash_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_hash_key UNIQUE (hash);

--
-- Name: invitations invitations_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_pkey PRIMARY KEY (id);

--
-- Name: journal_entries journal_entries_organization_id_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.journal_entries
    ADD CONSTRAINT journal_entries_organization_id_key UNIQUE (organization, id);

--
-- Name: journal_entries journal_entries_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.journal_entries
    ADD CONSTRAINT journal_entries_pkey PRIMARY KEY (organization, number);

--
-- Name: journals journals_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.journals
    ADD CONSTRAINT journals_pkey PRIMARY KEY (organization);

--
-- Name: kysely_migration_lock kysely_migration_lock_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.kysely_migration_lock
    ADD CONSTRAINT kysely_migration_lock_pkey PRIMARY KEY (id);

--
-- Name: kysely_migration kysely_migration_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.kysely_migration
    ADD CONSTRAINT kysely_migration_pkey PRIMARY KEY (name);

--
-- Name: lanes lanes_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.lanes
    ADD CONSTRAINT lanes_pkey PRIMARY KEY (subject, endpoint);

--
-- Name: last_signs last_signs_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.last_signs
    ADD CONSTRAINT last_signs_pkey PRIMARY KEY (customer);

--
-- Name: ledger_entries ledger_entries_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.ledger_entries
    ADD CONSTRAINT ledger_entries_pkey PRIMARY KEY (transaction, number);

--
-- Name: link_hosts link_hosts_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.link_hosts
    ADD CONSTRAINT link_hosts_pkey PRIMARY KEY (host);

--
-- Name: looks looks_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.looks
    ADD CONSTRAINT looks_pkey PRIMARY KEY (id);

--
-- Name: looks looks_session_organization_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.looks
    ADD CONSTRAINT looks_session_organization_key UNIQUE (session, organization);

--
-- Name: members members_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.members
    ADD CONSTRAINT members_pkey PRIMARY KEY (organization, person);

--
-- Name: memberships memberships_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.memberships
    ADD CONSTRAINT memberships_pkey PRIMARY KEY (customer, id);

--
-- Name: merchant_accounts merchant_accounts_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.merchant_accounts
    ADD CONSTRAINT merchant_accounts_pkey PRIMARY KEY (merchant, publisher, currency);

--
-- Name: minute_counts minute_counts_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.minute_counts
    ADD CONSTRAINT minute_counts_pkey PRIMARY KEY (endpoint, minute);

--
-- Name: orders orders_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.orders
    ADD CONSTRAINT orders_pkey PRIMARY KEY (id);

--
-- Name: organizations organizations_number_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.organizations
    ADD CONSTRAINT organizations_number_key UNIQUE (number);

--
-- Name: organizations organizations_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.organizations
    ADD CONSTRAINT organizations_pkey PRIMARY KEY (id);

--
-- Name: partnerships partnerships_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.partnerships
    ADD CONSTRAINT partnerships_pkey PRIMARY KEY (publisher, merchant);

--
-- Name: people people_email_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.people
    ADD CONSTRAINT people_email_key UNIQUE (email);

--
-- Name: people people_number_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.people
    ADD CONSTRAINT people_number_key UNIQUE (number);

--
-- Name: people people_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.people
    ADD CONSTRAINT people_pkey PRIMARY KEY (id);

--
-- Name: people people_subject_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.people
    ADD CONSTRAINT people_subject_key UNIQUE (subject);

--
-- Name: quote_uses quote_uses_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.quote_uses
    ADD CONSTRAINT quote_uses_pkey PRIMARY KEY (id);

--
-- Name: rate_card_versions rate_card_versions_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.rate_card_versions
    ADD CONSTRAINT rate_card_versions_pkey PRIMARY KEY (card, version);

--
-- Name: rate_cards rate_cards_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.rate_cards
    ADD CONSTRAINT rate_cards_pkey PRIMARY KEY (id);

--
-- Name: recovery_codes recovery_codes_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.recovery_codes
    ADD CONSTRAINT recovery_codes_pkey PRIMARY KEY (person, code);

--
-- Name: replayed_events replayed_events_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.replayed_events
    ADD CONSTRAINT replayed_events_pkey PRIMARY KEY (lane, sequence);

--
-- Name: replays replays_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.replays
    ADD CONSTRAINT replays_pkey PRIMARY KEY (id);

--
-- Name: report_days report_days_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.report_days
    ADD CONSTRAINT report_days_pkey PRIMARY KEY (organization, report, day);

--
-- Name: report_states report_states_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.report_states
    ADD CONSTRAINT report_states_pkey PRIMARY KEY (organization, report);

--
-- Name: retention_runs retention_runs_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.retention_runs
    ADD CONSTRAINT retention_runs_pkey PRIMARY KEY (organization);

--
-- Name: segments segments_merchant_name_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.segments
    ADD CONSTRAINT segments_merchant_name_key UNIQUE (merchant, name);

--
-- Name: segments segments_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.segments
    ADD CONSTRAINT segments_pkey PRIMARY KEY (id);

--
-- Name: sessions sessions_hash_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_hash_key UNIQUE (hash);

--
-- Name: sessions sessions_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (id);

--
-- Name: subscriptions subscriptions_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.subscriptions
    ADD CONSTRAINT subscriptions_pkey PRIMARY KEY (endpoint, event_type, since);

--
-- Name: transactions transactions_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.transactions
    ADD CONSTRAINT transactions_pkey PRIMARY KEY (id);

--
-- Name: vault_checks vault_checks_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.vault_checks
    ADD CONSTRAINT vault_checks_pkey PRIMARY KEY (id);

--
-- Name: verifications verifications_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.verifications
    ADD CONSTRAINT verifications_pkey PRIMARY KEY (id);

--
-- Name: window_counts window_counts_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.window_counts
    ADD CONSTRAINT window_counts_pkey PRIMARY KEY (key);

--
-- Name: api_keys_organization; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX api_keys_organization ON public.api_keys USING btree (organization);

--
-- Name: attempts_ended_badly; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX attempts_ended_badly ON ONLY public.attempts USING btree (endpoint, outcome) WHERE (outcome = ANY (ARRAY['refused'::text, 'expired'::text]));

--
-- Name: challenges_expires_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX challenges_expires_at ON public.challenges USING btree (expires_at);

--
-- Name: challenges_person; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX challenges_person ON public.challenges USING btree (person);

--
-- Name: clicks_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX clicks_at ON public.clicks USING brin (at);

--
-- Name: clicks_customer; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX clicks_customer ON public.clicks USING btree (customer) WHERE (customer IS NOT NULL);

--
-- Name: endpoints_alert; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX endpoints_alert ON public.endpoints USING btree (alert_due_at) WHERE (alert_due_at IS NOT NULL);

--
-- Name: endpoints_organization; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX endpoints_organization ON public.endpoints USING btree (organization);

--
-- Name: events_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX events_id ON ONLY public.events USING hash (id);

--
-- Name: events_organization; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX events_organization ON ONLY public.events USING btree (organization, at, id);

--
-- Name: events_tx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX events_tx ON ONLY public.events USING btree (organization, tx, subject, sequence);

--
-- Name: evidence_withdrawals_merchant; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX evidence_withdrawals_merchant ON public.evidence_withdrawals USING btree (merchant, at, order_key);

--
-- Name: evidence_withdrawals_publisher; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX evidence_withdrawals_publisher ON public.evidence_withdrawals USING btree (publisher, at, order_key);

--
-- Name: factors_person; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX factors_person ON public.factors USING btree (person);

--
-- Name: factors_totp; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX factors_totp ON public.factors USING btree (person) WHERE ((kind = 'totp'::text) AND (confirmed_at IS NOT NULL));

--
-- Name: import_batch_results_swept; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX import_batch_results_swept ON public.import_batch_results USING btree (import) WHERE (swept <> '{}'::uuid[]);

--
-- Name: import_removals_customer; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX import_removals_customer ON public.import_removals USING btree (customer);

--
-- Name: imports_at_work; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX imports_at_work ON public.imports USING btree (state, created_at) WHERE (state = ANY (ARRAY['receiving'::text, 'checking'::text, 'ready'::text, 'waiting'::text, 'running'::text, 'undoing'::text]));

--
-- Name: imports_one_running; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX imports_one_running ON public.imports USING btree (organization) WHERE (state = ANY (ARRAY['running'::text, 'undoing'::text]));

--
-- Name: imports_organization; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX imports_organization ON public.imports USING btree (organization, created_at, key);

--
-- Name: imports_repeat; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX imports_repeat ON public.imports USING btree (organization, repeat_key) WHERE ((repeat_key IS NOT NULL) AND (state = ANY (ARRAY['receiving'::text, 'checking'::text, 'ready'::text, 'waiting'::text, 'running'::text])));

--
-- Name: invitations_expires_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX invitations_expires_at ON public.invitations USING btree (expires_at);

--
-- Name: invitations_open; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX invitations_open ON public.invitations USING btree (COALESCE(organization, 0), email) WHERE (accepted_at IS NULL);

--
-- Name: journal_entries_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX journal_entries_at ON public.journal_entries USING btree (at, organization, number);

--
-- Name: journal_entries_object; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX journal_entries_object ON public.journal_entries USING btree (organization, object, number);

--
-- Name: lanes_due; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX lanes_due ON public.lanes USING btree (endpoint, is_bulk, due_at);

--
-- Name: lanes_failed; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX lanes_failed ON public.lanes USING btree (endpoint, failed_at) WHERE (attempt > 0);

--
-- Name: lanes_failing; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX lanes_failing ON public.lanes USING btree (endpoint, failing_since) WHERE (attempt > 0);

--
-- Name: link_hosts_merchant; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX link_hosts_merchant ON public.link_hosts USING btree (merchant);

--
-- Name: looks_organization; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX looks_organization ON public.looks USING btree (organization);

--
-- Name: members_person; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX members_person ON public.members USING btree (person);

--
-- Name: memberships_open; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX memberships_open ON public.memberships USING btree (customer, merchant) WHERE (left_at IS NULL);

--
-- Name: orders_btn_ref; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX orders_btn_ref ON public.orders USING btree (merchant, btn_ref) WHERE (btn_ref IS NOT NULL);

--
-- Name: orders_button_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX orders_button_id ON public.orders USING btree (button_id);

--
-- Name: orders_conflicts_listed; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX orders_conflicts_listed ON public.orders USING btree (merchant, COALESCE(listed_at, created_at), id) WHERE ((claim IS NOT NULL) AND (claim <> (verdict = 'new'::text)) AND (NOT is_test));

--
-- Name: orders_counted; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX orders_counted ON public.orders USING btree (customer, counted_at) WHERE (counted_at IS NOT NULL);

--
-- Name: orders_created; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX orders_created ON public.orders USING btree (merchant, created_at, id);

--
-- Name: orders_customer; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX orders_customer ON public.orders USING btree (customer, created_at) WHERE (customer IS NOT NULL);

--
-- Name: orders_evidence_buyer; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX orders_evidence_buyer ON public.orders USING btree (((evidence ->> 'buyer'::text))) WHERE ((transaction IS NOT NULL) AND ((evidence ->> 'buyer'::text) IS NOT NULL));

--
-- Name: orders_later_evidence_buyer; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX orders_later_evidence_buyer ON public.orders USING btree (((later_evidence ->> 'buyer'::text))) WHERE ((transaction IS NOT NULL) AND (later_evidence IS NOT NULL));

--
-- Name: rate_cards_merchant; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX rate_cards_merchant ON public.rate_cards USING btree (merchant);

--
-- Name: replayed_events_replay; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX replayed_events_replay ON public.replayed_events USING btree (replay);

--
-- Name: replayed_events_subject; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX replayed_events_subject ON public.replayed_events USING btree (subject, sequence);

--
-- Name: replays_endpoint; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX replays_endpoint ON public.replays USING btree (endpoint, created_at, id);

--
-- Name: replays_gathering; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX replays_gathering ON public.replays USING btree (endpoint) WHERE (gathered_to IS NOT NULL);

--
-- Name: sessions_ends_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX sessions_ends_at ON public.sessions USING btree (ends_at);

--
-- Name: sessions_person; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX sessions_person ON public.sessions USING btree (person);

--
-- Name: transactions_account; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX transactions_account ON public.transactions USING btree (publisher, currency, created_at, id);

--
-- Name: transactions_attributed; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX transactions_attributed ON public.transactions USING btree (publisher, attributed_at, id);

--
-- Name: transactions_created; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX transactions_created ON public.transactions USING btree (publisher, created_at, id);

--
-- Name: transactions_customer_created; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX transactions_customer_created ON public.transactions USING btree (customer, created_at, id) WHERE (customer IS NOT NULL);

--
-- Name: transactions_modified; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX transactions_modified ON public.transactions USING btree (publisher, modified_at, id);

--
-- Name: transactions_owed_account; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX transactions_owed_account ON public.transactions USING btree (merchant, publisher, currency, created_at, id);

--
-- Name: transactions_owed_attributed; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX transactions_owed_attributed ON public.transactions USING btree (merchant, attributed_at, id);

--
-- Name: transactions_owed_created; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX transactions_owed_created ON public.transactions USING btree (merchant, created_at, id);

--
-- Name: transactions_owed_modified; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX transactions_owed_modified ON public.transactions USING btree (merchant, modified_at, id);

--
-- Name: transactions_pending; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX transactions_pending ON public.transactions USING btree (finalize_at) WHERE ((validated_at IS NULL) AND (declined_at IS NULL));

--
-- Name: verifications_running; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX verifications_running ON public.verifications USING btree (state) WHERE (state = 'running'::text);

--
-- Name: verifications_started; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX verifications_started ON public.verifications USING btree (started_at, id);

--
-- Name: journal_entries journal_entries_guard; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER journal_entries_guard BEFORE DELETE OR UPDATE ON public.journal_entries FOR EACH ROW EXECUTE FUNCTION public.guard_journal_entries();

--
-- Name: journal_entries journal_entries_guard_all; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER journal_entries_guard_all BEFORE TRUNCATE ON public.journal_entries FOR EACH STATEMENT EXECUTE FUNCTION public.guard_journal_entries();

--
-- Name: journals journals_guard; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER journals_guard BEFORE DELETE OR UPDATE ON public.journals FOR EACH ROW EXECUTE FUNCTION public.guard_journals();

--
-- Name: journals journals_guard_all; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER journals_guard_all BEFORE TRUNCATE ON public.journals FOR EACH STATEMENT EXECUTE FUNCTION public.guard_journals();

--
-- Name: api_keys api_keys_organization_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_organization_fkey FOREIGN KEY (organization) REFERENCES public.organizations(number);

--
-- Name: challenges challenges_person_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.challenges
    ADD CONSTRAINT challenges_person_fkey FOREIGN KEY (person) REFERENCES public.people(number) ON DELETE CASCADE;

--
-- Name: endpoints endpoints_organization_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.endpoints
    ADD CONSTRAINT endpoints_organization_fkey FOREIGN KEY (organization) REFERENCES public.organizations(number);

--
-- Name: factors factors_person_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.factors
    ADD CONSTRAINT factors_person_fkey FOREIGN KEY (person) REFERENCES public.people(number) ON DELETE CASCADE;

--
-- Name: imports imports_organization_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.imports
    ADD CONSTRAINT imports_organization_fkey FOREIGN KEY (organization) REFERENCES public.organizations(number);

--
-- Name: invitations invitations_organization_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_organization_fkey FOREIGN KEY (organization) REFERENCES public.organizations(number);

--
-- Name: journal_entries journal_entries_organization_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.journal_entries
    ADD CONSTRAINT journal_entries_organization_fkey FOREIGN KEY (organization) REFERENCES public.journals(organization);

--
-- Name: link_hosts link_hosts_merchant_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.link_hosts
    ADD CONSTRAINT link_hosts_merchant_fkey FOREIGN KEY (merchant) REFERENCES public.organizations(number);

--
-- Name: looks looks_organization_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.looks
    ADD CONSTRAINT looks_organization_fkey FOREIGN KEY (organization) REFERENCES public.organizations(number);

--
-- Name: looks looks_session_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.looks
    ADD CONSTRAINT looks_session_fkey FOREIGN KEY (session) REFERENCES public.sessions(id) ON DELETE CASCADE;

--
-- Name: members members_organization_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.members
    ADD CONSTRAINT members_organization_fkey FOREIGN KEY (organization) REFERENCES public.organizations(number);

--
-- Name: members members_person_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.members
    ADD CONSTRAINT members_person_fkey FOREIGN KEY (person) REFERENCES public.people(number) ON DELETE CASCADE;

--
-- Name: partnerships partnerships_merchant_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.partnerships
    ADD CONSTRAINT partnerships_merchant_fkey FOREIGN KEY (merchant) REFERENCES public.organizations(number);

--
-- Name: partnerships partnerships_publisher_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.partnerships
    ADD CONSTRAINT partnerships_publisher_fkey FOREIGN KEY (publisher) REFERENCES public.organizations(number);

--
-- Name: rate_card_versions rate_card_versions_card_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.rate_card_versions
    ADD CONSTRAINT rate_card_versions_card_fkey FOREIGN KEY (card) REFERENCES public.rate_cards(id);

--
-- Name: rate_cards rate_cards_merchant_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.rate_cards
    ADD CONSTRAINT rate_cards_merchant_fkey FOREIGN KEY (merchant) REFERENCES public.organizations(number);

--
-- Name: rate_cards rate_cards_publisher_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.rate_cards
    ADD CONSTRAINT rate_cards_publisher_fkey FOREIGN KEY (publisher) REFERENCES public.organizations(number);

--
-- Name: recovery_codes recovery_codes_person_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.recovery_codes
    ADD CONSTRAINT recovery_codes_person_fkey FOREIGN KEY (person) REFERENCES public.people(number) ON DELETE CASCADE;

--
-- Name: replays replays_endpoint_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.replays
    ADD CONSTRAINT replays_endpoint_fkey FOREIGN KEY (endpoint) REFERENCES public.endpoints(number) ON DELETE CASCADE;

--
-- Name: report_days report_days_organization_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.report_days
    ADD CONSTRAINT report_days_organization_fkey FOREIGN KEY (organization) REFERENCES public.organizations(number);

--
-- Name: report_states report_states_organization_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.report_states
    ADD CONSTRAINT report_states_organization_fkey FOREIGN KEY (organization) REFERENCES public.organizations(number);

--
-- Name: segments segments_merchant_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.segments
    ADD CONSTRAINT segments_merchant_fkey FOREIGN KEY (merchant) REFERENCES public.organizations(number);

--
-- Name: sessions sessions_person_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_person_fkey FOREIGN KEY (person) REFERENCES public.people(number) ON DELETE CASCADE;

--
-- Name: subscriptions subscriptions_endpoint_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.subscriptions
    ADD CONSTRAINT subscriptions_endpoint_fkey FOREIGN KEY (endpoint) REFERENCES public.endpoints(number) ON DELETE CASCADE;

--
-- PostgreSQL database dump complete
--
