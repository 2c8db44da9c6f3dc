'use strict';

/**
 * Lets a query that names a partition read only the rows it can mean, as the service does. Azurite looks at every row
 * of the table, which stops it for longer the more rows there are.
 *
 * @param store Azurite's store of tables.
 * @param parse Azurite's parser of filters.
 */
function readByPartition(store, parse) {
  const { queryTableEntities } = store;
  const partitions = new WeakMap();
  const ofTable = (collection) => {
    if (!partitions.has(collection)) {
      partitions.set(collection, new Partitions(collection));
    }
    return partitions.get(collection);
  };
  store.queryTableEntities = (context, account, table, options, ...rest) => {
    const range = rangeOf(options.filter, parse);
    const getEntityCollection = (...which) => {
      const partitionsOfTable = ofTable(store.getEntityCollection(...which));
      return { chain: () => new Rows(partitionsOfTable.read(range)) };
    };
    const ofPartition = Object.create(store, { getEntityCollection: { value: getEntityCollection } });
    const reader = range?.partition === undefined ? store : ofPartition;
    return queryTableEntities.call(reader, context, account, table, options, ...rest);
  };
}

/** The rows of a table by partition, in the order of their keys. */
class Partitions {
  #partitions = new Map();

  constructor(collection) {
    for (const row of collection.data.toSorted((one, other) => (one.RowKey < other.RowKey ? -1 : 1))) {
      this.#replace(row, [row]);
    }
    collection.on(['insert', 'update'], (row) => this.#replace(row, [row]));
    collection.on('delete', (row) => this.#replace(row, []));
  }

  /** The rows of a partition whose keys are at least `from`, and below `to`, if there is one. */
  read({ partition, from, to }) {
    const rows = this.#partitions.get(partition) ?? [];
    return rows.slice(indexOf(rows, from), to === undefined ? rows.length : indexOf(rows, to));
  }

  #replace(row, by) {
    const rows = this.#partitions.get(row.PartitionKey) ?? [];
    const index = indexOf(rows, row.RowKey);
    rows.splice(index, rows[index]?.RowKey === row.RowKey ? 1 : 0, ...by);
    if (rows.length > 0) {
      this.#partitions.set(row.PartitionKey, rows);
    } else {
      this.#partitions.delete(row.PartitionKey);
    }
  }
}

/** What Azurite uses of a set of results. */
class Rows {
  #rows;

  constructor(rows) {
    this.#rows = rows;
  }

  where(isMeant) {
    return new Rows(this.#rows.filter(isMeant));
  }

  sort(compare) {
    return new Rows(this.#rows.toSorted(compare));
  }

  limit(most) {
    return new Rows(this.#rows.slice(0, most));
  }

  data() {
    return this.#rows;
  }
}

// The first row whose key is not below this one.
function indexOf(rows, key) {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (rows[middle].RowKey < key) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

// May be wider than the filter, which Azurite still applies to each row.
function rangeOf(filter, parse) {
  const range = { partition: undefined, from: '', to: undefined };
  try {
    narrow(range, parse(filter ?? ''));
    return range;
  } catch {
    return undefined; // Azurite refuses the filter in its own words.
  }
}

function narrow(range, { name, left, right }) {
  // Numbers, dates and bytes compare in ways of their own.
  const isText = right?.name === 'constant' && typeof right.value === 'string';
  if (name === 'and') {
    narrow(range, left);
    narrow(range, right);
  } else if (isText && left?.identifier === 'PartitionKey' && name === 'eq') {
    range.partition = right.value;
  } else if (isText && left?.identifier === 'RowKey') {
    const { value } = right;
    const end = { eq: `${value}\0`, le: `${value}\0`, lt: value }[name];
    if (['eq', 'ge', 'gt'].includes(name) && value > range.from) {
      range.from = value;
    }
    if (end !== undefined && (range.to === undefined || end < range.to)) {
      range.to = end;
    }
  }
}

module.exports = { readByPartition };
